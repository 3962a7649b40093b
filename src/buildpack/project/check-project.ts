import { join } from "node:path";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { findBinstubFault } from "../../ruby/binstub.ts";
import type { BinstubFault } from "../../ruby/binstub.ts";
import { platformMatches } from "../../ruby/gem-platform.ts";
import { javaPlatform } from "../../ruby/java-version.ts";
import type { JavaVersion } from "../../ruby/java-version.ts";
import { readTextIfAny, statIfAny } from "../../system/files.ts";
import type { Project } from "./read-project.ts";

/**
 * Finds what would fail later on, before anything is downloaded: a lockfile for other platforms
 * only, and scripts in `bin` that another machine's Ruby would have to run. Where there is a `java`,
 * gems are for that, whatever the machine.
 *
 * @throws BuildpackError `app/platform-missing` or `app/binstub-misleading`.
 */
export async function checkProject(
  project: Project,
  target: Target,
  java: JavaVersion | undefined,
): Promise<void> {
  checkPlatforms(project, java ? javaPlatform(java) : gemPlatformOf(target));
  for (const [path, mend] of Object.entries(binstubs)) await checkBinstub(project.dir, path, mend);
  await checkMode(project.dir, "bin/rails");
}

/** The platform of precompiled gems for a target, as RubyGems names it. */
export function gemPlatformOf({ os, arch }: Target): string {
  const cpus: Record<string, string> = { amd64: "x86_64", arm64: "aarch64" };
  return `${cpus[arch] ?? arch}-${os}`;
}

function checkPlatforms({ locked, lockfile }: Project, wanted: string): void {
  const present = locked.platforms;
  // Lockfiles of Bundler's early days name no platform; Bundler then takes the machine's own.
  if (present.length === 0 || present.includes("ruby")) return;
  if (present.some((platform) => platformMatches(platform, wanted))) return;
  throw new BuildpackError({ code: "app/platform-missing", lockfile, wanted, present });
}

const binstubs: Record<string, string> = {
  "bin/bundle": "bundle binstubs bundler --force",
  "bin/rails": "rails app:update:bin",
  "bin/rake": "bundle binstubs rake --force",
};

async function checkBinstub(appDir: string, path: string, mend: string): Promise<void> {
  const script = await readTextIfAny(join(appDir, path));
  const fault = script === undefined ? undefined : findBinstubFault(script);
  if (!fault) return;
  throw new BuildpackError({
    code: "app/binstub-misleading",
    path,
    problem: describeFault(fault),
    mend,
  });
}

// The web process and the console run it by its name.
async function checkMode(appDir: string, path: string): Promise<void> {
  const stats = await statIfAny(join(appDir, path));
  if (!stats?.isFile() || (stats.mode & 0o111) !== 0) return;
  throw new BuildpackError({
    code: "app/binstub-misleading",
    path,
    problem: "It is not executable, as files from Windows or from an archive often are.",
    mend: `git update-index --chmod=+x ${path} && git commit -m "Make ${path} executable"`,
  });
}

function describeFault(fault: BinstubFault): string {
  return fault.fault === "windows-line-ends"
    ? "Its first line ends in a carriage return (Windows line ends), which becomes part of the interpreter's name."
    : `Its first line is \`${fault.shebang}\`, which names the Ruby of one machine; it must be \`#!/usr/bin/env ruby\`.`;
}
