import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { directoryEntry, entryAt, fileEntry, treeEntries } from "../oci/tar.ts";
import type { TarEntry } from "../oci/tar-header.ts";
import { lstatIfAny } from "../system/files.ts";
import { parseToml, stringifyToml } from "../toml.ts";
import type { Architecture } from "./package-options.ts";

/** What of a checkout is shipped as it is. */
const shipped = ["LICENSE", "bin", "dist", "inventory"] as const;

/** @throws BuildpackError `package/checkout-incomplete` where something that is shipped is missing. */
export async function checkShippedFiles(checkout: string): Promise<void> {
  const needed = [...shipped, "dist/detect.mjs", "buildpack.toml", "package.json"];
  const missing: string[] = [];
  for (const name of needed) if (!(await lstatIfAny(join(checkout, name)))) missing.push(name);
  if (missing.length === 0) return;
  throw new BuildpackError({ code: "package/checkout-incomplete", path: checkout, missing });
}

/** The files and directories that are shipped as they are, below `prefix`, by name. */
export function* shippedEntries(checkout: string, prefix: string): Generator<TarEntry> {
  for (const name of shipped) {
    const [path, inside] = [join(checkout, name), `${prefix}/${name}`];
    const entries = [...entryAt(Buffer.from(path), Buffer.from(inside), root)];
    const isDirectory = entries[0]?.body.kind === "directory";
    for (const entry of isDirectory ? treeEntries(path, inside, root) : entries) {
      yield normalised(entry);
    }
  }
}

/** A tree that is shipped besides, below `prefix`, without directories that are there already. */
export function* extraEntries(directory: string, prefix: string): Generator<TarEntry> {
  const present = new Set([prefix, ...shipped.map((name) => `${prefix}/${name}`)]);
  for (const entry of treeEntries(directory, prefix, root)) {
    if (!present.has(entry.name.toString())) yield normalised(entry);
  }
}

/** A file that is made for the package. */
export function madeEntry(name: string, content: string | Buffer, mode = 0o644): TarEntry {
  return fileEntry(name, Buffer.from(content), root, mode);
}

/** A directory of the package. */
export function madeDirectory(name: string): TarEntry {
  return directoryEntry(name, root);
}

/** `package.json` as it is shipped: without what only work on the checkout needs. */
export async function shippedManifest(checkout: string): Promise<string> {
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(join(checkout, "package.json"), "utf8")),
  );
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  type: z.string(),
  bin: z.record(z.string(), z.string()),
  // They bring Node along: the one that npm runs on need not be new enough.
  optionalDependencies: z.record(z.string(), z.string()),
});

/** `buildpack.toml` for the one architecture that the package's Node runs on. */
export async function descriptorFor(checkout: string, architecture: Architecture): Promise<string> {
  const text = await readFile(join(checkout, "buildpack.toml"), "utf8");
  const { targets, ...rest } = descriptorSchema.parse(parseToml(text));
  return stringifyToml({ ...rest, targets: targets.filter(({ arch }) => arch === architecture) });
}

const descriptorSchema = z.looseObject({ targets: z.array(z.looseObject({ arch: z.string() })) });

/** Whose the files of a package are. */
const root = { uid: 0, gid: 0 };

/**
 * An entry as every platform takes it, whatever the umask of the checkout: modes 0755 and 0644, and no
 * name with two dots in it, which `pack` takes for a way out.
 */
function normalised(entry: TarEntry): TarEntry {
  const name = entry.name.toString();
  if (name.includes(".."))
    throw new Error(`\`${name}\` cannot be shipped: \`pack\` refuses \`..\``);
  const isPlain = entry.body.kind === "file" && (entry.mode & 0o111) === 0;
  return { ...entry, mode: isPlain ? 0o644 : 0o755 };
}
