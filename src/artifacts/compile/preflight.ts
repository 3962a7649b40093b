import { BuildpackError } from "../../failure.ts";
import type { RunCommand } from "../../system/command.ts";

/** Something that a compilation needs on the build image. */
export interface Requirement {
  /** A command, `cc`, or a header, `openssl/ssl.h`. */
  tool: string;
  /** The Debian package that has it. */
  packages: string;
}

export interface PreflightContext {
  run: RunCommand;
  env: Readonly<Record<string, string>>;
  /** The command that looks for headers. */
  compiler: string;
}

/**
 * Checks, before anything is downloaded, that the build image has every tool and header.
 *
 * @throws BuildpackError `compile/tools-missing` with all that is missing, not the first alone.
 *   Without a C compiler no header can be looked for, so all of them are named.
 */
export async function preflight(
  wanted: { name: string; version: string; requirements: readonly Requirement[] },
  context: PreflightContext,
): Promise<void> {
  const missing: Requirement[] = [];
  for (const requirement of wanted.requirements) {
    if (!(await isPresent(requirement.tool, context))) missing.push(requirement);
  }
  if (missing.length === 0) return;
  const { name, version } = wanted;
  throw new BuildpackError({ code: "compile/tools-missing", name, version, missing });
}

/** Whether a command stands on the `PATH` of an environment, where `run` runs commands. */
export async function hasTool(
  tool: string,
  { run, env }: Pick<PreflightContext, "run" | "env">,
): Promise<boolean> {
  const args = ["-c", 'command -v -- "$1"', "sh", tool];
  const { exitCode } = await run({ file: "/bin/sh", args, cwd: "/", env });
  return exitCode === 0;
}

async function isPresent(tool: string, context: PreflightContext): Promise<boolean> {
  if (!tool.endsWith(".h")) return await hasTool(tool, context);
  const { run, env, compiler } = context;
  const args = ["-E", "-include", tool, "-x", "c", "/dev/null", "-o", "/dev/null"];
  const { exitCode } = await run({ file: compiler, args, cwd: "/", env });
  return exitCode === 0;
}
