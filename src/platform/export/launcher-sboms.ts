import { join } from "node:path";
import { directoryEntry, fileEntry, type TarOwner } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { readUtf8Inside } from "../../system/inside/open-inside.ts";

/** The SBOMs of a launcher, by the names that they have in an image, such as `sbom.cdx.json`. */
export type LauncherSboms = ReadonlyMap<string, string>;

/**
 * Reads the SBOMs beside the launcher of a lifecycle: `launcher.sbom.cdx.json` and similar.
 *
 * @param directory - a path below `root`.
 * @throws BuildpackError `system/link-not-followed` for a link in place of one.
 */
export async function readLauncherSboms(root: string, directory: string): Promise<LauncherSboms> {
  const sboms = new Map<string, string>();
  for (const name of ["sbom.cdx.json", "sbom.spdx.json", "sbom.syft.json"]) {
    const file = await readUtf8Inside(root, join(directory, `launcher.${name}`));
    if (file.state === "text") sboms.set(name, file.text);
  }
  return sboms;
}

/**
 * The entries of the layer of SBOMs, with those of the launcher among them, in the place that its
 * lifecycle's id has.
 *
 * @param path - of the directory `sbom/launch` in the image.
 * @param owner - of the SBOMs of the launcher.
 */
export function* withLauncherSboms(
  entries: Iterable<TarEntry>,
  path: string,
  sboms: LauncherSboms,
  owner: TarOwner,
): Generator<TarEntry> {
  let own = sboms.size > 0 ? entriesOf(path, sboms, owner) : [];
  for (const entry of entries) {
    if (own.length > 0 && comesAfter(entry.name.toString("latin1"), path)) {
      yield* own;
      own = [];
    }
    yield entry;
  }
  yield* own;
}

/** The id of lifecycles as it is written in paths. */
const lifecycleId = "buildpacksio_lifecycle";

function entriesOf(path: string, sboms: LauncherSboms, owner: TarOwner): TarEntry[] {
  const directory = `${path}/${lifecycleId}`;
  const files = [...sboms].map(([name, text]) =>
    fileEntry(`${directory}/launcher/${name}`, Buffer.from(text), owner, 0o644),
  );
  return [
    directoryEntry(directory, owner),
    directoryEntry(`${directory}/launcher`, owner),
    ...files,
  ];
}

function comesAfter(name: string, path: string): boolean {
  if (!name.startsWith(`${path}/`)) return false;
  return (name.slice(path.length + 1).split("/")[0] ?? "") > lifecycleId;
}
