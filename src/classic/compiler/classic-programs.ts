import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { type CommandResult, runCommand } from "../../system/command.ts";
import { isFile } from "../../system/files.ts";
import { parseRelease, type Release } from "../release.ts";

/** A buildpack of the classic API, ready to be run. */
export interface ClassicBuildpack {
  /** The name that the user gave. */
  name: string;
  directory: string;
}

/** What the programs of a buildpack are run with. */
export interface ProgramContext {
  buildDir: string;
  env: Readonly<Record<string, string | undefined>>;
  onText?: (text: string) => void;
  signal: AbortSignal;
}

/** Runs `bin/detect BUILD_DIR`; exit code 0 means that the buildpack can build the app. */
export async function runDetect(
  { directory }: ClassicBuildpack,
  context: ProgramContext,
): Promise<CommandResult> {
  return await run(directory, "bin/detect", [context.buildDir], context);
}

/**
 * Runs `bin/compile BUILD_DIR CACHE_DIR ENV_DIR`.
 *
 * @throws BuildpackError `classic/buildpack-failed`; the reason of `signal` if it was aborted.
 */
export async function runCompile(
  buildpack: ClassicBuildpack,
  directories: { cacheDir: string; envDir: string },
  context: ProgramContext,
): Promise<void> {
  const args = [context.buildDir, directories.cacheDir, directories.envDir];
  const { exitCode } = await run(buildpack.directory, "bin/compile", args, context);
  context.signal.throwIfAborted();
  if (exitCode !== 0) throw failed(buildpack, "bin/compile", exitCode);
}

/**
 * Runs `bin/release BUILD_DIR` and parses its output. A buildpack need not have it.
 *
 * @throws BuildpackError `classic/buildpack-failed`, `classic/release-unreadable`.
 */
export async function runRelease(
  buildpack: ClassicBuildpack,
  context: Omit<ProgramContext, "onText">,
): Promise<Release> {
  const { directory, name } = buildpack;
  if (!(await isFile(join(directory, "bin/release")))) return { processTypes: {}, addons: [] };
  const { exitCode, stdout } = await run(directory, "bin/release", [context.buildDir], context);
  if (exitCode !== 0) throw failed(buildpack, "bin/release", exitCode);
  return parseRelease(stdout, name);
}

async function run(
  directory: string,
  program: string,
  args: readonly string[],
  { env, buildDir, onText, signal }: ProgramContext,
): Promise<CommandResult> {
  return await runCommand({
    file: join(directory, program),
    args,
    cwd: buildDir,
    env: programEnvironment(env),
    ...(onText ? { onText } : {}),
    signal,
  });
}

/** Without config vars: buildpacks read the ones they want from ENV_DIR. */
function programEnvironment(env: ProgramContext["env"]): Record<string, string> {
  const wanted = /^(PATH|HOME|LANG|LC_ALL|TMPDIR|STACK|NO_COLOR|SSL_CERT_.*|.*_proxy)$/i;
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && wanted.test(name)) result[name] = value;
  }
  return result;
}

function failed({ name }: ClassicBuildpack, program: string, exitCode: number): BuildpackError {
  const code = "classic/buildpack-failed";
  return new BuildpackError({ code, buildpack: name, program, exitCode });
}
