import { join, relative, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory, isFile } from "../../system/files.ts";
import { isWithin } from "../../system/is-within.ts";

/** Where the Ruby project of an app is, and the names of its Gemfile and lockfile. */
export interface ProjectPlace {
  /** Absolute. */
  dir: string;
  /** `dir` relative to the app; empty if the project is the whole app. */
  path: string;
  /** Both relative to `dir`. */
  gemfile: string;
  lockfile: string;
  /** A Gemfile that is ignored because Bundler prefers `gems.rb`. */
  passedOver?: string;
}

export type LocatedProject =
  | { state: "located"; place: ProjectPlace }
  | { state: "misplaced"; key: ProjectSetting; value: string; problem: string };

type ProjectSetting = "BP_RUBY_PROJECT_PATH" | "BUNDLE_GEMFILE";

/**
 * Finds the project of an app: in the directory of BP_RUBY_PROJECT_PATH or else the app's own, with the
 * Gemfile of BUNDLE_GEMFILE or else the one that Bundler would choose. Gemfile and lockfile may be missing.
 */
export async function locateProject(
  appDir: string,
  userEnv: Readonly<Record<string, string>>,
): Promise<LocatedProject> {
  const wish = (key: ProjectSetting) => userEnv[key]?.trim() ?? "";
  const dir = resolve(appDir, wish("BP_RUBY_PROJECT_PATH"));
  const path = relative(appDir, dir);
  if (!isWithin(appDir, dir)) return misplaced("BP_RUBY_PROJECT_PATH", "it is outside the app");
  if (path !== "" && !(await isDirectory(dir))) {
    return misplaced("BP_RUBY_PROJECT_PATH", "the app has no such directory");
  }
  const named = wish("BUNDLE_GEMFILE");
  if (named === "")
    return { state: "located", place: { dir, path, ...(await bundlersChoice(dir)) } };
  // Like Bundler, relative to the working directory of commands.
  const file = resolve(dir, named);
  if (!isWithin(appDir, file)) return misplaced("BUNDLE_GEMFILE", "it is outside the app");
  const gemfile = relative(dir, file);
  return { state: "located", place: { dir, path, gemfile, lockfile: lockfileOf(gemfile) } };

  function misplaced(key: ProjectSetting, problem: string): LocatedProject {
    return { state: "misplaced", key, value: wish(key), problem };
  }
}

/**
 * Finds the project of an app that is being built.
 *
 * @throws BuildpackError `settings/invalid` if a setting names no place in the app.
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

// Bundler prefers `gems.rb` to `Gemfile`.
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
