import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTarFile } from "../oci/tar-file.ts";
import type { TarEntry } from "../oci/tar-header.ts";
import { madeEntry, shippedEntries, shippedManifest } from "./shipped-files.ts";

/** Writes the npm package of the command `lapidary`. The file appears complete or not at all. */
export async function writeNpmTarball(checkout: string, path: string): Promise<void> {
  const texts = {
    "package.json": await shippedManifest(checkout),
    "buildpack.toml": await readFile(join(checkout, "buildpack.toml"), "utf8"),
    "README.md": await readFile(join(checkout, "README.md"), "utf8"),
  };
  await writeTarFile(path, entriesOf(checkout, texts), { gzip: 9 });
}

/** npm makes directories itself, and expects all files below `package`. */
function* entriesOf(checkout: string, texts: Record<string, string>): Generator<TarEntry> {
  for (const [name, text] of Object.entries(texts)) yield madeEntry(`package/${name}`, text);
  for (const entry of shippedEntries(checkout, "package")) {
    if (entry.body.kind === "file") yield entry;
  }
}
