import { isFetchable } from "./fetchable-url.ts";
import glob from "fast-glob";
import { createHash } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BuildpackError } from "../failure.ts";
import { removeTree } from "../system/files.ts";
import type { Artifact } from "./artifact.ts";
import { sha256Schema, toArtifact } from "./artifact-entry.ts";
import { download, type DownloadContext } from "./download.ts";
import { readInventoryFile } from "./inventory-file.ts";

export interface InventoryOptions {
  /** The directory of the buildpack, which contains `inventory/`. */
  buildpackDir: string;
  /** The operator's inventory, `<url>#sha256=<hex>`. Relative URLs in it are resolved against its URL. */
  operator?: string | undefined;
  /** Where the operator's inventory is kept after it is verified, for the next build. */
  cacheDir?: string | undefined;
}

/**
 * Everything that can be installed: the operator's entries first, then the buildpack's own, except those with
 * the same name, version, kind and target as an operator's entry.
 *
 * @throws BuildpackError `artifact/inventory-invalid` for a file that is not an inventory; `download/*` if
 *   the operator's inventory cannot be downloaded or has another checksum.
 */
export async function loadInventory(
  { buildpackDir, operator, cacheDir }: InventoryOptions,
  context: DownloadContext,
): Promise<Artifact[]> {
  const own = await readOwnInventory(buildpackDir);
  if (!operator) return own;
  const added = await operatorInventory(operator, cacheDir, context);
  const replaced = new Set(added.map(identity));
  return [...added, ...own.filter((artifact) => !replaced.has(identity(artifact)))];
}

/** The inventory that ships with the buildpack. */
export async function readOwnInventory(buildpackDir: string): Promise<Artifact[]> {
  const cwd = join(buildpackDir, "inventory");
  const files = await glob("*.toml", { cwd, ignore: ["ruby-branches.toml"], absolute: true });
  const artifacts: Artifact[] = [];
  for (const path of files.sort()) {
    artifacts.push(...(await parseInventory(path, path, pathToFileURL(path), "buildpack")));
  }
  return artifacts;
}

async function operatorInventory(
  operator: string,
  cacheDir: string | undefined,
  context: DownloadContext,
): Promise<Artifact[]> {
  const directory = cacheDir ?? (await mkdtemp(join(tmpdir(), "lapidary-inventory-")));
  try {
    const { url, sha256 } = parseInventoryLocation(operator);
    const destination = join(directory, `${sha256}.toml`);
    if ((await sha256Of(destination)) !== sha256) {
      await download({ url: url.href, sha256, destination }, context);
    }
    return await parseInventory(destination, url.href, url, "operator");
  } finally {
    if (cacheDir === undefined) await removeTree(directory);
  }
}

async function sha256Of(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && createHash("sha256").update(bytes).digest("hex");
}

/**
 * The two parts of `<url>#sha256=<hex>`.
 *
 * @throws BuildpackError `artifact/inventory-invalid`.
 */
export function parseInventoryLocation(location: string): { url: URL; sha256: string } {
  const invalid = (problem: string) =>
    new BuildpackError({ code: "artifact/inventory-invalid", location, problem });
  if (!URL.canParse(location)) throw invalid("it is not a URL");
  const url = new URL(location);
  if (!["https:", "http:", "file:"].includes(url.protocol)) {
    throw invalid(`\`${url.protocol}\` is not \`https:\`, \`http:\` or \`file:\``);
  }
  if (!isFetchable(url.href))
    throw invalid("a `file:` URL names a file of this machine, without a host");
  const checksum = sha256Schema.safeParse(/^#sha256=(.*)$/.exec(url.hash)?.[1]);
  if (!checksum.success) throw invalid("it does not end in `#sha256=` and 64 hexadecimal digits");
  url.hash = "";
  return { url, sha256: checksum.data };
}

async function parseInventory(
  path: string,
  location: string,
  base: URL,
  origin: Artifact["origin"],
): Promise<Artifact[]> {
  const entries = await readInventoryFile(path, location);
  return entries.map((entry) => {
    const url = URL.parse(entry.url, base.href)?.href;
    if (url !== undefined && isFetchable(url)) return toArtifact(entry, base, origin);
    const problem = `\`${entry.url}\` is not an \`https:\`, \`http:\` or \`file:\` URL`;
    throw new BuildpackError({ code: "artifact/inventory-invalid", location, problem });
  });
}

function identity({ name, version, kind, builtFor }: Artifact): string {
  const { os, arch, distroName, distroVersion, glibc } = builtFor;
  return JSON.stringify([name, version, kind, os, arch, distroName, distroVersion, glibc]);
}
