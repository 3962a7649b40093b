import { join } from "node:path";
import { parseGemfileLock } from "../../ruby/lockfile/parse-gemfile-lock.ts";
import { rakefileNames } from "../../ruby/rake-tasks.ts";
import {
  addonsFor,
  databaseYmlFor,
  runsJavascript,
  testCommandFor,
} from "../../ruby/slug-conventions.ts";
import { isFile, readTextIfAny } from "../../system/files.ts";

/** What the app needs in its slug besides layers, and what `bin/release` says about it. */
export interface SlugNeeds {
  /** Whether the app needs Node to run JavaScript. */
  node: boolean;
  /** A `config/database.yml` that reads DATABASE_URL, for a Rails that does not read it by itself. */
  databaseYml: string | undefined;
  /** The add-ons that a new app gets. */
  addons: readonly string[];
  /** The command that runs the app's tests. */
  testCommand: string | undefined;
}

/**
 * Reads the needs of an app from its lockfile and its files. Like Bundler, prefers `gems.rb` to `Gemfile`. A lockfile
 * that cannot be parsed gives no needs: the build explains what is wrong with it.
 */
export async function readSlugNeeds(appDir: string): Promise<SlugNeeds> {
  const at = (name: string) => join(appDir, name);
  const lockfileName = (await isFile(at("gems.rb"))) ? "gems.locked" : "Gemfile.lock";
  const parsed = parseGemfileLock((await readTextIfAny(at(lockfileName))) ?? "");
  const packages = await isFile(at("package.json"));
  if (parsed.kind === "refused") {
    return { node: packages, databaseYml: undefined, addons: [], testCommand: undefined };
  }
  const { lockfile } = parsed;
  const rakefiles = await Promise.all(rakefileNames.map((name) => isFile(at(name))));
  const has = { binRails: await isFile(at("bin/rails")), rakefile: rakefiles.includes(true) };
  return {
    node: packages || runsJavascript(lockfile),
    databaseYml: databaseYmlFor(lockfile),
    addons: addonsFor(lockfile),
    testCommand: testCommandFor(lockfile, has),
  };
}
