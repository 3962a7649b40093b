import { join } from "node:path";
import { type GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import { parseGemfileLock } from "../../ruby/lockfile/parse-gemfile-lock.ts";
import { gemsOnExecJs } from "../../ruby/javascript-gems.ts";
import { rubyCandidates } from "../../ruby/versions/ruby-request.ts";
import { isFile, lstatIfAny, readTextIfAny } from "../../system/files.ts";
import { locateProject } from "./locate-project.ts";
import type { LocatedProject, ProjectPlace } from "./locate-project.ts";
import { readVersionFiles } from "./version-files.ts";

/** What decides which other buildpacks an app needs. */
export interface AppNeeds {
  packageJson: boolean;
  yarnLock: boolean;
  jruby: boolean;
  /** Whether its gems run JavaScript with ExecJS. */
  execJs: boolean;
}

export type FoundApp = { state: "found"; needs: AppNeeds } | { state: "none"; because: string };

/**
 * Looks for a Ruby app: a lockfile, or a Gemfile (the build then explains that the lockfile is missing), in
 * the app's directory or in the one that the settings name.
 */
export async function findApp(
  appDir: string,
  userEnv: Readonly<Record<string, string>> = {},
): Promise<FoundApp> {
  const located = await locateProject(appDir, userEnv);
  if (located.state === "misplaced") return { state: "none", because: whyMisplaced(located) };
  const { place } = located;
  const at = (name: string) => join(place.dir, name);
  const [gemfile, lockfile] = await Promise.all([
    isFile(at(place.gemfile)),
    isFile(at(place.lockfile)),
  ]);
  if (!gemfile && !lockfile) return { state: "none", because: await reasonFor(place) };
  const locked = await readLocked(at(place.lockfile));
  const [packageJson, yarnLock, jruby] = await Promise.all([
    isFile(at("package.json")),
    isFile(at("yarn.lock")),
    asksForJruby(appDir, place, locked, userEnv),
  ]);
  const execJs = locked !== undefined && gemsOnExecJs(locked).length > 0;
  return { state: "found", needs: { packageJson, yarnLock, jruby, execJs } };
}

function whyMisplaced({ key, value, problem }: LocatedProject & { state: "misplaced" }): string {
  return `\`${key}\` is \`${value}\`: ${problem}`;
}

async function reasonFor({ dir, path, gemfile, lockfile }: ProjectPlace): Promise<string> {
  for (const name of [lockfile, gemfile]) {
    const entry = await lstatIfAny(join(dir, name));
    if (entry?.isSymbolicLink()) return `\`${name}\` is a broken link`;
    if (entry) return `\`${name}\` is not a file`;
  }
  const where = path === "" ? "the root of the app" : `\`${path}\``;
  return `there is no \`${lockfile}\` and no \`${gemfile}\` in ${where}`;
}

async function readLocked(path: string): Promise<GemfileLock | undefined> {
  const parsed = parseGemfileLock((await readTextIfAny(path)) ?? "");
  return parsed.kind === "lockfile" ? parsed.lockfile : undefined;
}

async function asksForJruby(
  appDir: string,
  { dir, lockfile }: ProjectPlace,
  locked: GemfileLock | undefined,
  userEnv: Readonly<Record<string, string>>,
): Promise<boolean> {
  const candidates = rubyCandidates({
    lockfileName: lockfile,
    lockedRuby: locked?.rubyVersion,
    setting: userEnv["BP_RUBY_VERSION"],
    ...(await readVersionFiles(appDir, dir)),
    // Only a version of MRI is ever taken from the Gemfile.
    gemfile: undefined,
    buildpackDefault: "",
  });
  return candidates.find(({ wish }) => wish)?.wish?.engine === "jruby";
}
