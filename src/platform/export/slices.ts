import { isUtf8 } from "node:buffer";
import { relative } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { entryAt, type TarOwner } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { walk } from "../../system/walk.ts";
import { parsePattern } from "./path-pattern.ts";

/** A part of the app that becomes a layer: paths relative to the app, sorted by their bytes. */
export type AppSlice = readonly Buffer[];

/**
 * Splits an app into the slices that buildpacks ask for, in their order, and the rest. A path belongs to
 * the first slice that matches it or one of its parent directories. Each slice also has the parent
 * directories of its files. A directory of which nothing is left is not part of the rest.
 *
 * Spec: Buildpack Interface, launch.toml, Slices. The patterns are those of Go's `filepath.Match`.
 *
 * @throws BuildpackError `platform/slice-invalid` for an invalid pattern, `image/app-unreadable` for a directory that we
 * may not read.
 */
export function splitApp(app: string, slices: readonly { paths: readonly string[] }[]): AppSlice[] {
  const all = namesBelow(app);
  let left = [Buffer.alloc(0), ...all];
  const result: AppSlice[] = [];
  for (const { paths } of slices) {
    const patterns = paths.map(patternOf);
    const isTaken = (path: Buffer) =>
      placesOf(path).some((place) => patterns.some((one) => one.test(place)));
    const slice = withParents(left.filter(isTaken));
    const gone = new Set(slice.map((path) => path.toString("latin1")));
    left = left.filter((path) => !gone.has(path.toString("latin1")));
    result.push(slice);
  }
  return [...result, withParents(left)];
}

function namesBelow(app: string): Buffer[] {
  try {
    return [...walk(Buffer.from(app))].map(({ name }) => name.subarray(1));
  } catch (error) {
    const { code, path = app } = error as NodeJS.ErrnoException;
    if (code !== "EACCES") throw error;
    throw unreadable(relative(app, path));
  }
}

/**
 * The entries of a slice, below its path in the image.
 *
 * @param owner - of every entry, and the mode of the app's own directory if it is to get another one.
 * @throws BuildpackError `image/app-unreadable` for what the owner may not read: lifecycles export as this user.
 */
export function* sliceArchive(
  app: string,
  path: string,
  slice: AppSlice,
  owner: TarOwner & { appMode?: number | undefined },
): Generator<TarEntry> {
  for (const name of slice) {
    const below = name.length > 0 ? Buffer.concat([Buffer.from("/"), name]) : name;
    const host = Buffer.concat([Buffer.from(app), below]);
    for (const found of entryAt(host, Buffer.concat([Buffer.from(path), below]), owner)) {
      refuseUnreadable(found, name, owner);
      const isApp = name.length === 0 && owner.appMode !== undefined;
      const entry = isApp ? { ...found, mode: owner.appMode ?? found.mode } : found;
      // A file of root with a setuid bit would give every user of the image root's rights.
      yield owner.uid === 0 ? { ...entry, mode: entry.mode & 0o1777 } : entry;
    }
  }
}

/** Root may read everything. */
function refuseUnreadable({ body, mode }: TarEntry, name: Buffer, { uid }: TarOwner): void {
  const wanted = { file: 0o400, directory: 0o500, link: 0, pipe: 0 }[body.kind];
  if (uid !== 0 && (mode & wanted) !== wanted) throw unreadable(String(name));
}

function unreadable(name: string): BuildpackError {
  return new BuildpackError({ code: "image/app-unreadable", path: name || "." });
}

function byBytes(a: Buffer, b: Buffer): number {
  return Buffer.compare(a, b);
}

/** A path and each of its parents as text. If it is not UTF-8, every byte is one character. */
function placesOf(path: Buffer): string[] {
  return [path, ...parentsOf(path)].map((place) =>
    place.toString(isUtf8(path) ? "utf8" : "latin1"),
  );
}

function withParents(paths: readonly Buffer[]): Buffer[] {
  const all = new Map<string, Buffer>();
  for (const path of paths) {
    for (const place of [path, ...parentsOf(path)]) all.set(place.toString("latin1"), place);
  }
  return [...all.values()].sort(byBytes);
}

/** The directories above a path, the app's own included. */
function parentsOf(path: Buffer): Buffer[] {
  if (path.length === 0) return [];
  const parent = path.subarray(0, Math.max(0, path.lastIndexOf("/")));
  return [parent, ...parentsOf(parent)];
}

function patternOf(text: string): RegExp {
  const pattern = parsePattern(text);
  if (pattern) return pattern;
  throw new BuildpackError({ code: "platform/slice-invalid", pattern: text });
}
