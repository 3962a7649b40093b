import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { discardTree } from "../../src/system/tree.ts";

// Written and removed without asynchrony: thousands of small trees take half the time.

/** A new directory that holds these files and is removed when the test ends. */
export async function makeTree(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "lapidary-test-"));
  onTestFinished(async () => await removeWhole(root));
  await addToTree(root, files);
  return root;
}

/** Only root can remove what is in a read-only directory without changing its mode. */
async function removeWhole(root: string): Promise<void> {
  try {
    rmSync(root, { recursive: true, force: true });
  } catch {
    await discardTree(root);
  }
}

/** Writes files by relative path; a path that ends in `/` is an empty directory. */
export async function addToTree(
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(path.endsWith("/") ? target : dirname(target), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(target, content);
  }
}

/** All regular files below `root`, by relative path, with their text. */
export async function readTree(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  const contents = paths.map(
    async (path) => [path.slice(root.length + 1), await readFile(path, "utf8")] as const,
  );
  return Object.fromEntries(await Promise.all(contents));
}

/** The permission bits of a file, as `chmod` takes them. */
export async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777;
}
