// An entry of the gem store: a directory that appears complete or not at all.
//
//     entry.json    the digest of the tree, its size, and when it was last used (the file's time)
//     tree/         the gem's files, at their paths below the directory of gems

import { randomBytes } from "node:crypto";
import { mkdir, readlink, rename, utimes, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import * as z from "zod";
import { lstatIfAny, readTextIfAny, removeTree } from "../../../system/files.ts";
import { copyPieces, copyTreesInto, removeSpecialFiles } from "../../../system/tree.ts";
import { digestSnapshot, snapshotTree, type TreeSnapshot } from "../../../system/tree-changes.ts";
import { piecesOf } from "./installed-gem.ts";
import type { StorableGem } from "./store-key.ts";
import { parseJson } from "../../../system/parse-json.ts";

const schema = z.object({ digest: z.string(), bytes: z.number() });
export type EntryFacts = z.output<typeof schema>;

/** The facts of an entry, or `undefined` if it has none that can be read. */
export async function readEntryFacts(entry: string): Promise<EntryFacts | undefined> {
  const text = await readTextIfAny(join(entry, "entry.json")).catch(() => undefined);
  return schema.safeParse(parseJson(text)).data;
}

/** Copies entries to a directory of the build. What could not be copied is found by `verifyEntry`. */
export async function fetchEntries(entries: readonly string[], to: string): Promise<void> {
  await copyTreesInto(entries, to);
  await removeSpecialFiles(to);
}

/**
 * Verifies that a copied entry is what was stored, and only contains files of its gem.
 *
 * @returns the gem's pieces, or `undefined` if the entry is damaged.
 */
export async function verifyEntry(copy: string, gem: StorableGem): Promise<string[] | undefined> {
  const facts = await readEntryFacts(copy);
  const tree = join(copy, "tree");
  if (facts === undefined || !(await lstatIfAny(tree))?.isDirectory()) return undefined;
  const snapshot = snapshotTree(tree);
  if (digestSnapshot(snapshot) !== facts.digest) return undefined;
  const pieces = await piecesOf(tree, gem);
  if (pieces === undefined) return undefined;
  const belongs = [...snapshot.keys()].every((path) =>
    pieces.some(
      (piece) => `${path}/`.startsWith(`${piece}/`) || `${piece}/`.startsWith(`${path}/`),
    ),
  );
  return belongs && (await linksStayInside(tree, pieces, snapshot)) ? pieces : undefined;
}

/** Puts the pieces of a verified copy into the directory of gems. */
export async function placeEntry(
  copy: string,
  pieces: readonly string[],
  gemsDir: string,
): Promise<void> {
  const tree = join(copy, "tree");
  for (const piece of pieces) {
    await mkdir(dirname(join(gemsDir, piece)), { recursive: true });
    await removeTree(join(gemsDir, piece));
    await rename(join(tree, piece), join(gemsDir, piece));
  }
}

/** Notes that an entry was used. A store that cannot be written does not need to know. */
export async function touchEntry(entry: string): Promise<void> {
  const now = new Date();
  await utimes(join(entry, "entry.json"), now, now).catch(() => {});
}

/**
 * Adds an installed gem to the store, unless it has it by now.
 *
 * @returns whether it was added. A gem that is not whole, or has links that leave it, is not.
 * @throws what keeps the store from being written.
 */
export async function addEntry(store: string, gem: StorableGem, gemsDir: string): Promise<boolean> {
  const pieces = await piecesOf(gemsDir, gem);
  if (pieces === undefined) return false;
  const staged = join(store, `.adding-${randomBytes(8).toString("hex")}`);
  try {
    const tree = join(staged, "tree");
    await mkdir(tree, { recursive: true });
    await copyPieces(gemsDir, pieces, tree);
    const snapshot = snapshotTree(tree);
    if (!(await linksStayInside(tree, pieces, snapshot))) return false;
    const facts: EntryFacts = {
      digest: digestSnapshot(snapshot),
      bytes: await sizeOf(tree, snapshot),
    };
    await writeFile(join(staged, "entry.json"), JSON.stringify(facts));
    return await moveTo(staged, join(store, gem.key));
  } finally {
    await removeTree(staged);
  }
}

/** Another build may have added the same gem meanwhile. */
async function moveTo(staged: string, entry: string): Promise<boolean> {
  try {
    await rename(staged, entry);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  }
}

async function linksStayInside(
  tree: string,
  pieces: readonly string[],
  snapshot: TreeSnapshot,
): Promise<boolean> {
  for (const [path, kind] of snapshot) {
    if (!kind.startsWith("link ")) continue;
    const link = await readlink(join(tree, path));
    const target = normalize(join(dirname(path), link));
    const isInside = pieces.some((piece) => `${target}/`.startsWith(`${piece}/`));
    if (link.startsWith("/") || !isInside) return false;
  }
  return true;
}

async function sizeOf(tree: string, snapshot: TreeSnapshot): Promise<number> {
  const stats = await Promise.all([...snapshot.keys()].map((path) => lstatIfAny(join(tree, path))));
  return stats.reduce((sum, one) => sum + (one?.size ?? 0), 0);
}
