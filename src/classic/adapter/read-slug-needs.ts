import { join } from "node:path";
import { parseGemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import { rakefileNames } from "../../ruby/rake-tasks.ts";
import {
  addonsFor,
  databaseYmlFor,
  runsJavascript,
  testCommandFor,
} from "../../ruby/slug-conventions.ts";
import { isFile, readTextIfAny } from "../../system/files.ts";

/** What platforms of slugs want to know of an app before it is built. */
export interface SlugNeeds {
  node: boolean;
  databaseYml: string | undefined;
  addons: string[];
  testCommand: string | undefined;
}

/** Reads an app's lockfile. One that cannot be read needs nothing: the build will explain it. */
export async function readSlugNeeds(appDir: string): Promise<SlugNeeds> {
  const at = (name: string) => join(appDir, name);
  const parsed = parseGemfileLock((await readTextIfAny(at("Gemfile.lock"))) ?? "");
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
