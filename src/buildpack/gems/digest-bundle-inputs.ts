import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import { isFile, statIfAny } from "../../system/files.ts";

/**
 * Digests of everything that decides what `bundle install` does, by kind, so that a change can be
 * named; each is the first half of a SHA-256 in hex. No value is stored (contract: Ruby
 * Dependencies).
 */
export interface BundleInputs {
  gemfile: string;
  lockfile: string;
  /** Files that the Gemfile evaluates or path gems bring, and the app's `.bundle/config`. */
  files: string;
  environment: string;
}

export interface BundleInputSources {
  appDir: string;
  /** From the app to the project. */
  path: string;
  /** Both relative to the project. */
  gemfile: string;
  lockfile: string;
  locked: GemfileLock;
  /** The user's whole build environment. */
  userEnv: Readonly<Record<string, string>>;
  /** Names of the variables that bindings set; a digest of their values would give them away. */
  credentials?: readonly string[];
}

/** Reads and digests the inputs of `bundle install`. A file that cannot be read counts as absent. */
export async function digestBundleInputs(sources: BundleInputSources): Promise<BundleInputs> {
  const { appDir, path, gemfile, lockfile, userEnv, credentials = [] } = sources;
  const files = await evaluatedFiles(sources);
  return {
    gemfile: digest([await digestOfFile(join(appDir, path, gemfile))]),
    lockfile: digest([await digestOfFile(join(appDir, path, lockfile))]),
    files: digest(await namedDigests(appDir, files)),
    environment: digest([
      ...Object.keys(userEnv)
        .sort()
        .map((name) => `${name}\0${userEnv[name]}`),
      ...credentials.toSorted(),
    ]),
  };
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

// One after the other: a path gem may have more files than a process may hold open.
async function namedDigests(appDir: string, files: readonly string[]): Promise<string[]> {
  const digests: string[] = [];
  for (const file of files) digests.push(`${file}\0${await digestOfFile(join(appDir, file))}`);
  return digests;
}

// Piece by piece: nobody says how large the files of a path gem are.
async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    if (!(await isFile(path))) return "";
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
    return hash.digest("hex");
  } catch {
    return "";
  }
}

async function evaluatedFiles(sources: BundleInputSources): Promise<string[]> {
  const { appDir, path, locked } = sources;
  const gemfile = join(path, sources.gemfile);
  const bundleDir = dirname(gemfile);
  const beside = [".ruby-version", ".tool-versions"].map((name) => join(path, name));
  const found = new Set([join(bundleDir, ".bundle/config"), ...beside]);
  for (const dir of new Set([path, bundleDir])) {
    for (const file of await gemfilesIn(appDir, dir)) found.add(file);
  }
  for (const dir of pathSources(locked, appDir, bundleDir)) {
    for (const file of await filesBelow(appDir, dir, besidesSource)) found.add(file);
  }
  await addNamedFiles(appDir, path, gemfile, found);
  found.delete(gemfile);
  found.delete(join(path, sources.lockfile));
  return [...found].sort();
}

/**
 * Gemfiles are Ruby: which files one evaluates cannot be known without running it. Every file of
 * the app that a string in it names counts, and what those name in turn; a name that is put
 * together at run time is met by `gemfilesIn`.
 */
async function addNamedFiles(
  appDir: string,
  project: string,
  file: string,
  found: Set<string>,
): Promise<void> {
  const text = await sourceText(join(appDir, file));
  for (const [, name = ""] of text.matchAll(/["']([^"'\n]{1,255})["']/g)) {
    for (const named of placesOf(name, [project, dirname(file)])) {
      if (found.has(named) || !(await isFile(join(appDir, named)))) continue;
      found.add(named);
      await addNamedFiles(appDir, project, named, found);
    }
  }
}

// What is larger than any Gemfile names no other file.
async function sourceText(path: string): Promise<string> {
  const stats = await statIfAny(path);
  if (!stats?.isFile() || stats.size > 1024 * 1024) return "";
  return await readFile(path, "latin1").catch(() => "");
}

/**
 * Where a file may be that a Gemfile names: below the app, below the project, beside the Gemfile, or
 * after the one `..` that `File.expand_path("../name", __FILE__)` needs to leave its own file.
 */
function placesOf(name: string, directories: readonly string[]): string[] {
  const text = name.replace(/^#\{[^}]*\}\//, "");
  const spellings = [text, text.replace(/^\.\.\//, "")];
  const below = directories.flatMap((dir) => spellings.map((spelling) => join(dir, spelling)));
  return [...new Set([text, ...below].map((place) => normalize(place)))].filter(isInside);
}

function isInside(path: string): boolean {
  return path !== ".." && !path.startsWith("../") && !isAbsolute(path);
}

async function gemfilesIn(appDir: string, dir: string): Promise<string[]> {
  const names = await readdir(join(appDir, dir)).catch(() => []);
  const beside = names.filter((name) => /^Gemfile|^gems\.rb|\.gemfile$|\.gemspec$/.test(name));
  const inFolder = await filesBelow(appDir, join(dir, "gemfiles"));
  return [...beside.map((name) => join(dir, name)), ...inFolder];
}

// Relative to the Gemfile's directory, as Bundler takes them.
function pathSources(locked: GemfileLock, appDir: string, bundleDir: string): string[] {
  return locked.sources
    .filter((source) => source.kind === "path")
    .map(({ remote }) => (isAbsolute(remote) ? relative(appDir, remote) : join(bundleDir, remote)))
    .filter(isInside);
}

const neverEvaluated = new Set([".git", "node_modules", "log", "tmp", "storage", "public"]);
/** Beside the source of a gem: deeper down, `vendor` may be what an extension is compiled from. */
const besidesSource = new Set(["vendor", "coverage"]);

async function filesBelow(
  appDir: string,
  dir: string,
  leftOut: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const entries = await readdir(join(appDir, dir), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry) => {
    const path = join(dir, entry.name);
    if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(appDir, path))))) {
      return [path];
    }
    if (!entry.isDirectory() || neverEvaluated.has(entry.name) || leftOut.has(entry.name))
      return [];
    return await filesBelow(appDir, path);
  });
  return (await Promise.all(nested)).flat();
}
