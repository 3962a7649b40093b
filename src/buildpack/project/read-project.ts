import { dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { parseGemfileLock } from "../../ruby/lockfile/parse-gemfile-lock.ts";
import type { GemfileLock, IgnoredLine } from "../../ruby/lockfile/gemfile-lock.ts";
import { rakefileNames } from "../../ruby/rake-tasks.ts";
import {
  isDirectory,
  isFile,
  isProgram,
  lineNotUtf8,
  readText,
  readTextIfAny,
} from "../../system/files.ts";
import type { TextFile } from "../../system/files.ts";
import { listEntries, listNames } from "../../system/listing/list-directory.ts";
import { requireProject } from "./locate-project.ts";
import type { ProjectPlace } from "./locate-project.ts";
import { readVersionFiles, type VersionFiles } from "./version-files.ts";

/** The contents of the app's files, read once, before anything is downloaded. */
export interface Project extends ProjectPlace, VersionFiles {
  locked: GemfileLock;
  /** Lines of the lockfile that Bundler ignores. */
  ignored: readonly IgnoredLine[];
  gemfileText: string;
  /** The text of each file, `undefined` if it does not exist or cannot be read. */
  bundleConfig: string | undefined;
  procfile: TextFile;
  configRu: boolean;
  binRails: boolean;
  /** Whether the app has encrypted credentials for production. */
  credentials: boolean;
  binConsole: boolean;
  binJobs: boolean;
  binRspec: boolean;
  /** Whether the app has the directories `spec` and `test`. */
  specs: boolean;
  tests: boolean;
  /** Whether the app has a Rakefile, in any of rake's spellings. */
  rakefile: boolean;
}

/**
 * Reads the project of an app.
 *
 * @throws BuildpackError `settings/invalid`, `app/lockfile-missing`, `app/lockfile-unreadable`,
 * `app/lockfile-merge-conflict` or `app/gemfile-unreadable`.
 */
export async function readProject(
  appDir: string,
  userEnv: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const place = await requireProject(appDir, userEnv);
  const { dir, gemfile, lockfile } = place;
  const { locked, ignored } = await readLockfile(dir, gemfile, lockfile);
  const gemfileText = await readGemfile(dir, gemfile);
  const at = (name: string) => join(dir, name);
  const bundleConfig = await readTextIfAny(at(join(dirname(gemfile), ".bundle/config")));
  const credentials =
    (await isFile(at("config/credentials.yml.enc"))) ||
    (await isFile(at("config/credentials/production.yml.enc")));
  return {
    ...place,
    locked,
    ignored,
    gemfileText,
    ...(await readVersionFiles(appDir, dir)),
    bundleConfig,
    ...(await readPrograms(dir)),
    credentials,
  };
}

/** What the app can be started and tested with. */
async function readPrograms(dir: string) {
  const at = (name: string) => join(dir, name);
  const names = await listNames(dir);
  return {
    procfile: await readText(at("Procfile")),
    configRu: await isFile(at("config.ru")),
    binRails: await isFile(at("bin/rails")),
    binConsole: await isProgram(at("bin/console")),
    binJobs: await isProgram(at("bin/jobs")),
    binRspec: await isProgram(at("bin/rspec")),
    specs: await isDirectory(at("spec")),
    tests: await isDirectory(at("test")),
    rakefile: rakefileNames.some((name) => names.includes(name)),
  };
}

async function readLockfile(
  dir: string,
  gemfile: string,
  lockfile: string,
): Promise<{ locked: GemfileLock; ignored: readonly IgnoredLine[] }> {
  const file = await readText(join(dir, lockfile));
  if (file.state === "missing") {
    const files = await listing(dirname(join(dir, lockfile)));
    throw new BuildpackError({ code: "app/lockfile-missing", gemfile, lockfile, files });
  }
  if (file.state === "unreadable") {
    throw new BuildpackError({
      code: "app/lockfile-unreadable",
      path: lockfile,
      problem: file.problem,
    });
  }
  // The sign for characters that could not be read may also be one of the file's own characters.
  const garbled = file.text.includes("\ufffd") ? await lineNotUtf8(join(dir, lockfile)) : undefined;
  if (garbled !== undefined) {
    const problem = "it is not UTF-8, which Bundler requires";
    throw new BuildpackError({
      code: "app/lockfile-unreadable",
      path: lockfile,
      problem,
      line: garbled,
    });
  }
  const parsed = parseGemfileLock(file.text);
  if (parsed.kind === "lockfile") return { locked: parsed.lockfile, ignored: parsed.ignored };
  const { line, problem } = parsed;
  throw new BuildpackError(
    parsed.reason === "merge-conflict"
      ? { code: "app/lockfile-merge-conflict", path: lockfile, line }
      : { code: "app/lockfile-unreadable", path: lockfile, line, problem },
  );
}

async function readGemfile(dir: string, gemfile: string): Promise<string> {
  const file = await readText(join(dir, gemfile));
  if (file.state === "text") return file.text;
  const problem = file.state === "missing" ? "there is no such file" : file.problem;
  throw new BuildpackError({ code: "app/gemfile-unreadable", path: gemfile, problem });
}

async function listing(dir: string): Promise<string[]> {
  const entries = await listEntries(dir);
  return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
}
