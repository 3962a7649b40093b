import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { GemfileLock } from "../../ruby/gemfile-lock.ts";
import { isFile } from "../../system/files.ts";

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
  /** Relative to the app. */
  gemfile: string;
  lockfile: string;
  locked: GemfileLock;
  /** The user's whole build environment. */
  userEnv: Readonly<Record<string, string>>;
}

/** Reads and digests the inputs of `bundle install`. A file that cannot be read counts as absent. */
export async function digestBundleInputs(sources: BundleInputSources): Promise<BundleInputs> {
  const { appDir, gemfile, lockfile, userEnv } = sources;
  const files = await evaluatedFiles(sources);
  return {
    gemfile: digest([await contentOf(appDir, gemfile)]),
    lockfile: digest([await contentOf(appDir, lockfile)]),
    files: digest(await namedContents(appDir, files)),
    environment: digest(
      Object.keys(userEnv)
        .sort()
        .map((name) => `${name}\0${userEnv[name]}`),
    ),
  };
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

// One after the other: a path gem may have more files than a process may hold open.
async function namedContents(appDir: string, files: readonly string[]): Promise<string[]> {
  const contents: string[] = [];
  for (const file of files) contents.push(`${file}\0${await contentOf(appDir, file)}`);
  return contents;
}

async function contentOf(appDir: string, file: string): Promise<string> {
  return await readFile(join(appDir, file), "latin1").catch(() => "");
}

async function evaluatedFiles(sources: BundleInputSources): Promise<string[]> {
  const { appDir, gemfile, lockfile, locked } = sources;
  const found = new Set([".bundle/config", ".ruby-version", ".tool-versions"]);
  for (const file of await gemfilesBesides(appDir)) found.add(file);
  for (const dir of pathSources(locked)) {
    for (const file of await filesBelow(appDir, dir)) found.add(file);
  }
  await addNamedFiles(appDir, gemfile, found);
  found.delete(gemfile);
  found.delete(lockfile);
  return [...found].sort();
}

/**
 * Gemfiles are Ruby: which files one evaluates cannot be known without running it. Every file of
 * the app that a string in it names counts, and what those name in turn; a name that is put
 * together at run time is met by `gemfilesBesides`.
 */
async function addNamedFiles(appDir: string, file: string, found: Set<string>): Promise<void> {
  const text = await contentOf(appDir, file);
  for (const [, name = ""] of text.matchAll(/["']([^"'\n]{1,255})["']/g)) {
    for (const named of placesOf(name, dirname(file))) {
      if (found.has(named) || !(await isFile(join(appDir, named)))) continue;
      found.add(named);
      await addNamedFiles(appDir, named, found);
    }
  }
}

/**
 * Where a file may be that a Gemfile in `directory` names: below the app, beside the Gemfile, or
 * after the one `..` that `File.expand_path("../name", __FILE__)` needs to leave its own file.
 */
function placesOf(name: string, directory: string): string[] {
  const text = name.replace(/^#\{[^}]*\}\//, "");
  const places = [text, join(directory, text), join(directory, text.replace(/^\.\.\//, ""))];
  return [...new Set(places.map((place) => normalize(place)))].filter(isInside);
}

function isInside(path: string): boolean {
  return !path.startsWith("..") && !path.startsWith("/");
}

async function gemfilesBesides(appDir: string): Promise<string[]> {
  const names = await readdir(appDir).catch(() => []);
  const inRoot = names.filter((name) => /^Gemfile|\.gemfile$|\.gemspec$/.test(name));
  return [...inRoot, ...(await filesBelow(appDir, "gemfiles"))];
}

function pathSources(locked: GemfileLock): string[] {
  return locked.sources
    .filter((source) => source.kind === "path")
    .map((source) => normalize(source.remote))
    .filter(isInside);
}

const neverEvaluated = new Set([".git", "node_modules", "log", "tmp", "storage", "public"]);

async function filesBelow(appDir: string, dir: string): Promise<string[]> {
  const entries = await readdir(join(appDir, dir), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry) => {
    const path = join(dir, entry.name);
    if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(appDir, path))))) {
      return [path];
    }
    return entry.isDirectory() && !neverEvaluated.has(entry.name)
      ? await filesBelow(appDir, path)
      : [];
  });
  return (await Promise.all(nested)).flat();
}
