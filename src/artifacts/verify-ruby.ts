import { join } from "node:path";
import { BuildpackError } from "../failure.ts";
import type { LockedRuby } from "../ruby/versions/ruby-version.ts";
import type { RunCommand } from "../system/command.ts";
import { toolEnvironment } from "./tool-environment.ts";

export interface VerifyContext {
  run: RunCommand;
  env: Readonly<Record<string, string>>;
}

/**
 * Starts the Ruby in a directory and checks the version that it reports. For an archive without a checksum,
 * this is the only check.
 *
 * @returns the version of the language that the interpreter reports: `3.1.7` for JRuby 9.4.15.0.
 * @throws BuildpackError `artifact/wrong-version` if it reports another version or does not start.
 */
export async function verifyRuby(
  directory: string,
  wanted: LockedRuby,
  { run, env }: VerifyContext,
): Promise<string> {
  const path = join(directory, "bin", "ruby");
  const args = ["-e", "print RUBY_DESCRIPTION"];
  const result = await run({ file: path, args, cwd: directory, env: toolEnvironment(env) });
  const name = wanted.engine;
  const version = wanted.engineVersion ?? wanted.version;
  if (result.exitCode === 0 && reportedVersion(result.stdout) === version) {
    return reportedLanguage(result.stdout) ?? version;
  }
  const reported = result.lines.at(-1) ?? `nothing, with exit code ${result.exitCode}`;
  throw new BuildpackError({
    code: "artifact/wrong-version",
    name,
    wanted: version,
    reported,
    path,
  });
}

/**
 * The version in an interpreter's description, as RubyGems writes it.
 *
 * @example reportedVersion("ruby 3.5.0preview1 (2025-04-18 master d06ec25be4)") // "3.5.0.preview1"
 */
export function reportedVersion(description: string): string | undefined {
  const match = /^[a-z]+ ([0-9.]+)((?:preview|rc|beta|alpha|dev)[0-9]*)?/.exec(description);
  if (!match?.[1]) return undefined;
  return match[2] ? `${match[1]}.${match[2]}` : match[1];
}

// `jruby 9.4.15.0 (3.1.7) 2026-06-08 6114208a31 OpenJDK 64-Bit Server VM …`
function reportedLanguage(description: string): string | undefined {
  return /^jruby \S+ \(([0-9.]+)\)/.exec(description)?.[1];
}
