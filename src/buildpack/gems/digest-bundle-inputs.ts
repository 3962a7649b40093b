import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import { isFile, statIfAny } from "../../system/files.ts";
import { addParts } from "../../system/file-digest.ts";
import { pathSourceDirs } from "../project/project.ts";

/**
 * Digests of the files that decide what `bundle install` does (contract: Ruby Dependencies). There is
 * one for each kind of input, so that the log can name what changed. Each is the first half of a SHA-256
 * in hex.
 */
export interface BundleInputs {
  gemfile: string;
  lockfile: string;
  /** Files that the Gemfile evaluates, files of path gems, and the app's `.bundle/config`. */
  files: string;
}

export interface BundleInputSources {
  appDir: string;
  /** The project's directory, relative to the app. */
  path: string;
  /** Both relative to the project. */
  gemfile: string;
  lockfile: string;
  locked: GemfileLock;
}

/** Digests the inputs of `bundle install`. A file that cannot be read counts as missing. */
export async function digestBundleInputs(sources: BundleInputSources): Promise<BundleInputs> {
  const { appDir, path, gemfile, lockfile } = sources;
  const files = await evaluatedFiles(sources);
  return {
    gemfile: digest([await digestOfFile(join(appDir, path, gemfile))]),
    lockfile: digest([await digestOfFile(join(appDir, path, lockfile))]),
    files: digest(await namedDigests(appDir, files)),
  };
}

function digest(parts: readonly string[]): string {
  return addParts(createHash("sha256"), parts).digest("hex").slice(0, 32);
}

// One by one: a path gem may have more files than a process may open at once.
async function namedDigests(appDir: string, files: readonly string[]): Promise<string[]> {
  const digests: string[] = [];
  for (const file of files) digests.push(`${file}\0${await digestOfFile(join(appDir, file))}`);
  return digests;
}

// In chunks: files of a path gem may be large.
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
  const { appDir, path } = sources;
  const gemfile = join(path, sources.gemfile);
  const bundleDir = dirname(gemfile);
  const beside = [".ruby-version", ".tool-versions"].map((name) => join(path, name));
  const found = new Set([join(bundleDir, ".bundle/config"), ...beside]);
  for (const dir of new Set([path, bundleDir])) {
    for (const file of await gemfilesIn(appDir, dir)) found.add(file);
  }
  for (const dir of pathSourceDirs({ ...sources, dir: join(appDir, path) }, appDir)) {
    const below = await filesBelow(appDir, relative(appDir, dir), besidesSource);
    for (const file of below) found.add(file);
  }
  await addNamedFiles(appDir, path, gemfile, found);
  found.delete(gemfile);
  found.delete(join(path, sources.lockfile));
  return [...found].sort();
}

/**
 * Adds every file of the app that a string in a Gemfile names, and the files that those name in turn. A
 * Gemfile is Ruby, so what it evaluates is not known without running it. `gemfilesIn` covers the usual
 * files whose names are computed.
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

// Larger than any real Gemfile: it is not searched for names.
async function sourceText(path: string): Promise<string> {
  const stats = await statIfAny(path);
  if (!stats?.isFile() || stats.size > 1024 * 1024) return "";
  return await readFile(path, "latin1").catch(() => "");
}

/**
 * Where a file that a Gemfile names may be: relative to the app, to the project or to the Gemfile. One
 * leading `..` is dropped, as in `File.expand_path("../name", __FILE__)`.
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

const neverEvaluated = new Set([".git", "node_modules", "log", "tmp", "storage", "public"]);
/** Only at the top of a gem: deeper down, `vendor` may contain the source of an extension. */
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
