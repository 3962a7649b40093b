import { entryAt, type TarOwner } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { walk } from "../../system/walk.ts";

/** A part of the app that becomes a layer: paths relative to the app, sorted by their bytes. */
export type AppSlice = readonly Buffer[];

/**
 * Splits an app into the slices that buildpacks ask for, in their order, and the rest. A path belongs to
 * the first slice that matches it or one of its parent directories. Each slice also has the parent
 * directories of its files.
 *
 * Spec: Buildpack Interface, launch.toml, Slices. The patterns are those of Go's `filepath.Match`.
 */
export function splitApp(app: string, slices: readonly { paths: readonly string[] }[]): AppSlice[] {
  let left = [...walk(Buffer.from(app))].map(({ name }) => name.subarray(1));
  const result: AppSlice[] = [];
  for (const { paths } of slices) {
    const patterns = paths.flatMap(matcherFor);
    const isTaken = (path: Buffer) =>
      placesOf(path).some((place) => patterns.some((one) => one.test(place)));
    const taken = left.filter(isTaken);
    left = left.filter((path) => !isTaken(path));
    result.push(withParents(taken));
  }
  // The app directory itself must exist, because processes start in it.
  return [...result, [Buffer.alloc(0), ...left].sort(byBytes)];
}

/** The entries of a slice, below its path in the image. */
export function* sliceArchive(
  app: string,
  path: string,
  slice: AppSlice,
  owner: TarOwner,
): Generator<TarEntry> {
  for (const relative of slice) {
    const below = relative.length > 0 ? Buffer.concat([Buffer.from("/"), relative]) : relative;
    const host = Buffer.concat([Buffer.from(app), below]);
    for (const entry of entryAt(host, Buffer.concat([Buffer.from(path), below]), owner)) {
      // A file of root with a setuid bit would give every user of the image root's rights.
      yield owner.uid === 0 ? { ...entry, mode: entry.mode & 0o1777 } : entry;
    }
  }
}

function byBytes(a: Buffer, b: Buffer): number {
  return Buffer.compare(a, b);
}

/** A path and each of its parents, as text in which every byte is one character. */
function placesOf(path: Buffer): string[] {
  const parts = path.toString("latin1").split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

function withParents(paths: readonly Buffer[]): Buffer[] {
  const all = new Set(paths.flatMap((path) => ["", ...placesOf(path)]));
  return [...all].map((path) => Buffer.from(path, "latin1")).sort(byBytes);
}

/** Returns nothing for an invalid pattern, which lifecycles ignore. */
function matcherFor(pattern: string): RegExp[] {
  const bytes = Buffer.from(pattern.replace(/^\.\//, "").replace(/\/+$/, "")).toString("latin1");
  const source = bytes.replace(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|[*?]|[^*?\\]/gs,
    (text, escaped?: string, negated?: string, set?: string) => {
      if (escaped !== undefined) return literal(escaped);
      if (set !== undefined) return `[${negated ? "^/" : ""}${set.replaceAll("[", "\\[")}]`;
      if (text === "*") return "[^/]*";
      return text === "?" ? "[^/]" : literal(text);
    },
  );
  try {
    return [new RegExp(`^${source}$`, "s")];
  } catch {
    return [];
  }
}

function literal(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
}
