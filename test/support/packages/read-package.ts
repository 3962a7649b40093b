import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { Parser, type ReadEntry } from "tar";

/** An entry of an archive as another reader than ours finds it. */
export interface ReadTarEntry {
  path: string;
  type: string;
  mode: number;
  uid: number;
  gid: number;
  uname: string;
  gname: string;
  /** Seconds since 1970. */
  time: number;
  linkpath: string;
  content: Buffer;
}

/** A `.cnb` file, read whole. */
export interface ReadPackage {
  entries: ReadTarEntry[];
  blobs: ReadonlyMap<string, Buffer>;
  index: { manifests: Descriptor[] };
  manifest: { config: Descriptor; layers: Descriptor[] };
  config: {
    os: string;
    architecture: string;
    config: { Labels: Record<string, string> };
    rootfs: { type: string; diff_ids: string[] };
  };
  /** The archive in the first layer, and what it holds. */
  layer: Buffer;
  layerEntries: ReadTarEntry[];
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
}

export async function readPackage(path: string): Promise<ReadPackage> {
  const entries = await readTar(await readFile(path));
  const at = (name: string) => entries.find((entry) => entry.path === name)?.content;
  const json = (bytes: Buffer | undefined) => JSON.parse((bytes ?? "null").toString()) as never;
  const files = entries.filter(({ path, type }) => type === "File" && path.includes("/blobs/"));
  const blobs = new Map(
    files.map(({ path, content }) => [path.slice(path.lastIndexOf("/") + 1), content] as const),
  );
  const blob = (digest: string | undefined) => blobs.get(digest?.replace("sha256:", "") ?? "");
  const index: ReadPackage["index"] = json(at("/index.json"));
  const manifest: ReadPackage["manifest"] = json(blob(index.manifests[0]?.digest));
  const config: ReadPackage["config"] = json(blob(manifest.config.digest));
  const layer = gunzipSync(blob(manifest.layers[0]?.digest) ?? "");
  return { entries, blobs, index, manifest, config, layer, layerEntries: await readTar(layer) };
}

export async function readTar(bytes: Buffer): Promise<ReadTarEntry[]> {
  const entries: Promise<ReadTarEntry>[] = [];
  await new Promise<void>((resolve, reject) => {
    const onReadEntry = (entry: ReadEntry) => void entries.push(readEntry(entry));
    const parser = new Parser({ strict: true, onReadEntry });
    parser.on("end", resolve).on("error", reject);
    parser.end(bytes);
  });
  return await Promise.all(entries);
}

export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readEntry(entry: ReadEntry): Promise<ReadTarEntry> {
  const { path, type, mode = 0, uid = -1, gid = -1, uname = "", gname = "", mtime } = entry;
  const pieces: Buffer[] = [];
  entry.on("data", (piece) => pieces.push(piece));
  await entry.promise();
  const time = (mtime?.getTime() ?? 0) / 1000;
  const linkpath = entry.linkpath ?? "";
  const content = Buffer.concat(pieces);
  return { path, type, mode, uid, gid, uname, gname, time, linkpath, content };
}
