import { gzipSync } from "node:zlib";
import { Header } from "tar";

/** One entry of a tar archive that a test writes byte by byte, so that no tool refuses to. */
export interface TarEntry {
  path: string;
  type?: "File" | "Directory" | "SymbolicLink" | "Link" | "CharacterDevice" | "FIFO";
  body?: string | Buffer;
  linkpath?: string;
  mode?: number;
}

/** A tar archive of these entries, hostile or not. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(entryBlocks);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The same, compressed with gzip. */
export function tarballGz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(tarball(entries));
}

function entryBlocks({
  path,
  type = "File",
  body = "",
  linkpath,
  mode = 0o644,
}: TarEntry): Buffer[] {
  const data = typeof body === "string" ? Buffer.from(body) : body;
  const block = Buffer.alloc(512);
  const header = new Header({
    path,
    type,
    mode,
    size: data.length,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
  });
  if (linkpath !== undefined) header.linkpath = linkpath;
  header.encode(block);
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  return [block, data, padding];
}
