import { join } from "node:path";
import { type GemfileLock, parseGemfileLock } from "../../ruby/gemfile-lock.ts";
import { gemsOnExecJs } from "../../ruby/javascript-gems.ts";
import { rubyCandidates } from "../../ruby/ruby-request.ts";
import { isFile, lstatIfAny, readTextIfAny } from "../../system/files.ts";

/** What an app needs besides Ruby. */
export interface AppNeeds {
  packageJson: boolean;
  yarnLock: boolean;
  jruby: boolean;
  /** Whether its gems run JavaScript when the app runs. */
  execJs: boolean;
}

export type FoundApp = { state: "found"; needs: AppNeeds } | { state: "none"; because: string };

/**
 * Looks for a Ruby app in a directory: a `Gemfile.lock`, or a `Gemfile` whose missing lockfile the
 * build then explains.
 */
export async function findApp(appDir: string): Promise<FoundApp> {
  const at = (name: string) => join(appDir, name);
  const [gemfile, lockfile] = await Promise.all([
    isFile(at("Gemfile")),
    isFile(at("Gemfile.lock")),
  ]);
  if (!gemfile && !lockfile) return { state: "none", because: await reasonFor(appDir) };
  const locked = await readLocked(at("Gemfile.lock"));
  const [packageJson, yarnLock, jruby] = await Promise.all([
    isFile(at("package.json")),
    isFile(at("yarn.lock")),
    asksForJruby(at, locked),
  ]);
  const execJs = locked !== undefined && gemsOnExecJs(locked).length > 0;
  return { state: "found", needs: { packageJson, yarnLock, jruby, execJs } };
}

async function reasonFor(appDir: string): Promise<string> {
  for (const name of ["Gemfile.lock", "Gemfile"]) {
    const entry = await lstatIfAny(join(appDir, name));
    if (entry?.isSymbolicLink()) return `\`${name}\` is a link that leads nowhere`;
    if (entry) return `\`${name}\` is not a file`;
  }
  return "there is no `Gemfile.lock` and no `Gemfile` in the root of the app";
}

async function readLocked(path: string): Promise<GemfileLock | undefined> {
  const parsed = parseGemfileLock((await readTextIfAny(path)) ?? "");
  return parsed.kind === "lockfile" ? parsed.lockfile : undefined;
}

async function asksForJruby(
  at: (name: string) => string,
  locked: GemfileLock | undefined,
): Promise<boolean> {
  const [rubyVersionFile, toolVersionsFile] = await Promise.all(
    [".ruby-version", ".tool-versions"].map((name) => readTextIfAny(at(name))),
  );
  const candidates = rubyCandidates({
    lockfileName: "Gemfile.lock",
    lockedRuby: locked?.rubyVersion,
    rubyVersionFile,
    toolVersionsFile,
    buildpackDefault: "",
  });
  return candidates.find(({ wish }) => wish)?.wish?.engine === "jruby";
}
