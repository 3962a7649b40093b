import { join } from "node:path";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { findBinstubFault } from "../../ruby/binstub.ts";
import type { BinstubFault } from "../../ruby/binstub.ts";
import { platformMatches } from "../../ruby/gems/gem-platform.ts";
import { compareGemVersions } from "../../ruby/gems/gem-version.ts";
import { javaPlatform } from "../../ruby/versions/java-version.ts";
import type { JavaVersion } from "../../ruby/versions/java-version.ts";
import { readTextIfAny, statIfAny } from "../../system/files.ts";
import type { Project } from "./read-project.ts";

/**
 * Checks, before anything is downloaded, what would fail later: a lockfile only for other platforms, and
 * scripts in `bin` that cannot run. With JRuby, the platform is that of its Java.
 *
 * @throws BuildpackError `app/platform-missing` or `app/binstub-misleading`.
 */
export async function checkProject(
  project: Project,
  target: Target,
  java: JavaVersion | undefined,
): Promise<void> {
  checkPlatforms(project, java ? javaPlatform(java) : gemPlatformOf(target));
  await checkScripts(project);
}

/**
 * Checks that the scripts in `bin` run with the app's Ruby.
 *
 * @throws BuildpackError `app/binstub-misleading`.
 */
export async function checkScripts({ dir }: Pick<Project, "dir">): Promise<void> {
  for (const [path, fix] of Object.entries(binstubs)) await checkBinstub(dir, path, fix);
  await checkMode(dir, "bin/rails");
}

/** RubyGems' name of a target's platform. */
export function gemPlatformOf({ os, arch }: Target): string {
  const cpus: Record<string, string> = { amd64: "x86_64", arm64: "aarch64" };
  return `${cpus[arch] ?? arch}-${os}`;
}

/**
 * Checks that the lockfile has gems for a platform, by RubyGems' name of it.
 *
 * @throws BuildpackError `app/platform-missing`.
 */
export function checkPlatforms(
  { locked, lockfile }: Pick<Project, "locked" | "lockfile">,
  wanted: string,
): void {
  const present = locked.platforms;
  // Lockfiles of early Bundlers name no platform. Bundler then uses that of the machine.
  if (present.length === 0 || present.includes("ruby")) return;
  if (present.some((platform) => accepts(platform, wanted, locked.bundledWith))) return;
  throw new BuildpackError({ code: "app/platform-missing", lockfile, wanted, present });
}

// Since version 4, Bundler accepts `x86_64-linux-musl` as a platform of any Linux, and chooses gems for its own.
function accepts(platform: string, wanted: string, bundler: string | undefined): boolean {
  if (platformMatches(platform, wanted)) return true;
  const reversed = bundler !== undefined && compareGemVersions(bundler, "4.0.0.a") >= 0;
  return reversed && platformMatches(wanted, platform);
}

const binstubs: Record<string, string> = {
  "bin/bundle": "bundle binstubs bundler --force",
  "bin/rails": "rails app:update:bin",
  "bin/rake": "bundle binstubs rake --force",
};

async function checkBinstub(appDir: string, path: string, fix: string): Promise<void> {
  const script = await readTextIfAny(join(appDir, path));
  const fault = script === undefined ? undefined : findBinstubFault(script);
  if (!fault) return;
  throw new BuildpackError({
    code: "app/binstub-misleading",
    path,
    problem: describeFault(fault),
    fix,
  });
}

// The processes `web` and `console` run it directly.
async function checkMode(appDir: string, path: string): Promise<void> {
  const stats = await statIfAny(join(appDir, path));
  if (!stats?.isFile() || (stats.mode & 0o111) !== 0) return;
  throw new BuildpackError({
    code: "app/binstub-misleading",
    path,
    problem: "It is not executable. This often happens to files from Windows or from archives.",
    fix: `git update-index --chmod=+x ${path} && git commit -m "Make ${path} executable"`,
  });
}

function describeFault(fault: BinstubFault): string {
  return fault.fault === "windows-line-ends"
    ? "Its first line ends with a carriage return (Windows line ending), which becomes part of the interpreter's name."
    : `Its first line is \`${fault.shebang}\`, which is the path of Ruby on another machine. It must be \`#!/usr/bin/env ruby\`.`;
}
