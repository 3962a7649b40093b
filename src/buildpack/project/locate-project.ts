import { isAbsolute, join, relative, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory, isFile } from "../../system/files.ts";

/** Where the Ruby project of an app is, and what its bundle is called. */
export interface ProjectPlace {
  /** Absolute. */
  dir: string;
  /** From the app to `dir`; empty where the project is the whole app. */
  path: string;
  /** Both relative to `dir`. */
  gemfile: string;
  lockfile: string;
  /** A Gemfile that is there and does not count, because Bundler goes by `gems.rb`. */
  passedOver?: string;
}

export type LocatedProject =
  | { state: "located"; place: ProjectPlace }
  | { state: "misplaced"; key: ProjectSetting; value: string; problem: string };

type ProjectSetting = "BP_RUBY_PROJECT_PATH" | "BUNDLE_GEMFILE";

/**
 * Finds the project in an app: the directory that BP_RUBY_PROJECT_PATH names, else the app's own, with
 * the Gemfile that BUNDLE_GEMFILE names, else the one that Bundler would take. Neither Gemfile nor
 * lockfile need be there.
 */
export async function locateProject(
  appDir: string,
  userEnv: Readonly<Record<string, string>>,
): Promise<LocatedProject> {
  const wish = (key: ProjectSetting) => userEnv[key]?.trim() ?? "";
  const dir = resolve(appDir, wish("BP_RUBY_PROJECT_PATH"));
  const path = relative(appDir, dir);
  if (!isWithin(appDir, dir)) return misplaced("BP_RUBY_PROJECT_PATH", "it leads out of the app");
  if (path !== "" && !(await isDirectory(dir))) {
    return misplaced("BP_RUBY_PROJECT_PATH", "the app has no such directory");
  }
  const named = wish("BUNDLE_GEMFILE");
  if (named === "")
    return { state: "located", place: { dir, path, ...(await bundlersChoice(dir)) } };
  // As Bundler reads it: from where commands run.
  const file = resolve(dir, named);
  if (!isWithin(appDir, file)) return misplaced("BUNDLE_GEMFILE", "it leads out of the app");
  const gemfile = relative(dir, file);
  return { state: "located", place: { dir, path, gemfile, lockfile: lockfileOf(gemfile) } };

  function misplaced(key: ProjectSetting, problem: string): LocatedProject {
    return { state: "misplaced", key, value: wish(key), problem };
  }
}

/**
 * Finds the project of an app that is being built.
 *
 * @throws BuildpackError `settings/invalid` for a setting that leads to no place in the app.
 */
export async function requireProject(
  appDir: string,
  userEnv: Readonly<Record<string, string>>,
): Promise<ProjectPlace> {
  const located = await locateProject(appDir, userEnv);
  if (located.state === "located") return located.place;
  const { key, value, problem } = located;
  throw new BuildpackError({ code: "settings/invalid", key, value, problem });
}

function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

// Bundler takes `gems.rb` before `Gemfile`.
async function bundlersChoice(
  dir: string,
): Promise<Pick<ProjectPlace, "gemfile" | "lockfile" | "passedOver">> {
  const names = ["gems.rb", "gems.locked", "Gemfile", "Gemfile.lock"];
  const [rb, locked, old, oldLock] = await Promise.all(
    names.map((name) => isFile(join(dir, name))),
  );
  const either = old || oldLock;
  const gemfile = rb || (locked && !either) ? "gems.rb" : "Gemfile";
  const passedOver = gemfile === "gems.rb" && either ? { passedOver: "Gemfile" } : {};
  return { gemfile, lockfile: lockfileOf(gemfile), ...passedOver };
}

function lockfileOf(gemfile: string): string {
  return /(^|\/)gems\.rb$/.test(gemfile) ? gemfile.replace(/rb$/, "locked") : `${gemfile}.lock`;
}
