import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { parseGemfileLock } from "../../ruby/gemfile-lock.ts";
import type { GemfileLock, IgnoredLine } from "../../ruby/gemfile-lock.ts";
import { rakefileNames } from "../../ruby/rake-tasks.ts";
import { isFile, readText, readTextIfAny } from "../../system/files.ts";
import type { TextFile } from "../../system/files.ts";

/** What the app's files say, read once, before anything is downloaded. */
export interface Project {
  dir: string;
  /** Both relative to `dir`. */
  gemfile: string;
  lockfile: string;
  locked: GemfileLock;
  /** Lines of the lockfile that are no part of one. */
  ignored: readonly IgnoredLine[];
  /** The text of each file, `undefined` where there is none that can be read. */
  rubyVersionFile: string | undefined;
  toolVersionsFile: string | undefined;
  bundleConfig: string | undefined;
  procfile: TextFile;
  configRu: boolean;
  binRails: boolean;
  /** Whether there are credentials that Rails would read in production. */
  credentials: boolean;
  binConsole: boolean;
  binJobs: boolean;
  /** Whether there is a Rakefile, in any of Rake's spellings. */
  rakefile: boolean;
}

/**
 * Reads an app.
 *
 * @throws BuildpackError `app/lockfile-missing`, `app/lockfile-unreadable`,
 * `app/lockfile-merge-conflict` or `app/gemfile-unreadable`.
 */
export async function readProject(dir: string): Promise<Project> {
  const gemfile = "Gemfile";
  const lockfile = "Gemfile.lock";
  const { locked, ignored } = await readLockfile(dir, gemfile, lockfile);
  await requireReadable(dir, gemfile);
  const at = (name: string) => join(dir, name);
  const [rubyVersionFile, toolVersionsFile, bundleConfig] = await Promise.all([
    readTextIfAny(at(".ruby-version")),
    readTextIfAny(at(".tool-versions")),
    readTextIfAny(at(".bundle/config")),
  ]);
  const texts = { rubyVersionFile, toolVersionsFile, bundleConfig };
  const credentials =
    (await isFile(at("config/credentials.yml.enc"))) ||
    (await isFile(at("config/credentials/production.yml.enc")));
  return {
    dir,
    gemfile,
    lockfile,
    locked,
    ignored,
    ...texts,
    ...(await readPrograms(dir)),
    credentials,
  };
}

type Programs = "procfile" | "configRu" | "binRails" | "binConsole" | "binJobs" | "rakefile";

/** What the app has to be started by. */
async function readPrograms(dir: string): Promise<Pick<Project, Programs>> {
  const at = (name: string) => join(dir, name);
  const [procfile, configRu, binRails, binConsole, binJobs] = await Promise.all([
    readText(at("Procfile")),
    isFile(at("config.ru")),
    isFile(at("bin/rails")),
    isFile(at("bin/console")),
    isFile(at("bin/jobs")),
  ]);
  const names = await readdir(dir);
  const rakefile = rakefileNames.some((name) => names.includes(name));
  return { procfile, configRu, binRails, binConsole, binJobs, rakefile };
}

async function readLockfile(
  dir: string,
  gemfile: string,
  lockfile: string,
): Promise<{ locked: GemfileLock; ignored: readonly IgnoredLine[] }> {
  const file = await readText(join(dir, lockfile));
  if (file.state === "missing") {
    const files = await listing(dir);
    throw new BuildpackError({ code: "app/lockfile-missing", gemfile, lockfile, files });
  }
  if (file.state === "unreadable") {
    throw new BuildpackError({
      code: "app/lockfile-unreadable",
      path: lockfile,
      problem: file.problem,
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

async function requireReadable(dir: string, gemfile: string): Promise<void> {
  const file = await readText(join(dir, gemfile));
  if (file.state === "text") return;
  const problem = file.state === "missing" ? "there is no such file" : file.problem;
  throw new BuildpackError({ code: "app/gemfile-unreadable", path: gemfile, problem });
}

async function listing(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
}
