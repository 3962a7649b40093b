import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { directoryEntry, entryAt, fileEntry, treeEntries } from "../oci/tar.ts";
import type { TarEntry } from "../oci/tar-header.ts";
import { lstatIfAny } from "../system/files.ts";
import { parseToml, stringifyToml } from "../toml.ts";
import type { Architecture } from "./package-options.ts";

/** The files and directories of a checkout that are shipped unchanged. */
const shipped = ["LICENSE", "bin", "dist", "inventory"] as const;

/** @throws BuildpackError `package/checkout-incomplete` if a shipped file is missing. */
export async function checkShippedFiles(checkout: string): Promise<void> {
  const needed = [...shipped, "dist/detect.mjs", "buildpack.toml", "package.json"];
  const missing: string[] = [];
  for (const name of needed) if (!(await lstatIfAny(join(checkout, name)))) missing.push(name);
  if (missing.length === 0) return;
  throw new BuildpackError({ code: "package/checkout-incomplete", path: checkout, missing });
}

/** The entries for the shipped files and directories, below `prefix`, sorted by name. */
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

/** The entries for additional files, below `prefix`, without directories that exist already. */
export function* extraEntries(directory: string, prefix: string): Generator<TarEntry> {
  const present = new Set([prefix, ...shipped.map((name) => `${prefix}/${name}`)]);
  for (const entry of treeEntries(directory, prefix, root)) {
    if (!present.has(entry.name.toString())) yield normalised(entry);
  }
}

/** The entry for a file that is generated for the package. */
export function madeEntry(name: string, content: string | Buffer, mode = 0o644): TarEntry {
  return fileEntry(name, Buffer.from(content), root, mode);
}

/** The entry for a directory of the package. */
export function madeDirectory(name: string): TarEntry {
  return directoryEntry(name, root);
}

/** The shipped `package.json`: without the fields that only developers need. */
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
  keywords: z.array(z.string()).optional(),
  homepage: z.string().optional(),
  // npm compares it with where the package was built.
  repository: z.object({ type: z.string(), url: z.string() }).optional(),
  type: z.string(),
  bin: z.record(z.string(), z.string()),
  // They install Node, because the Node that npm runs on may be too old.
  optionalDependencies: z.record(z.string(), z.string()),
});

/** The shipped `buildpack.toml`, with only the target that the Node of the package runs on. */
export async function descriptorFor(checkout: string, architecture: Architecture): Promise<string> {
  const text = await readFile(join(checkout, "buildpack.toml"), "utf8");
  const { targets, ...rest } = descriptorSchema.parse(parseToml(text));
  return stringifyToml({ ...rest, targets: targets.filter(({ arch }) => arch === architecture) });
}

const descriptorSchema = z.looseObject({ targets: z.array(z.looseObject({ arch: z.string() })) });

/** The owner of all files in a package. */
const root = { uid: 0, gid: 0 };

/**
 * Gives an entry the mode 0755 or 0644, whatever the umask of the checkout was. Names with two dots
 * are refused, because `pack` takes them for paths that lead out of the archive.
 */
function normalised(entry: TarEntry): TarEntry {
  const name = entry.name.toString();
  if (name.includes(".."))
    throw new Error(`\`${name}\` cannot be shipped: \`pack\` refuses \`..\``);
  const isPlain = entry.body.kind === "file" && (entry.mode & 0o111) === 0;
  return { ...entry, mode: isPlain ? 0o644 : 0o755 };
}
