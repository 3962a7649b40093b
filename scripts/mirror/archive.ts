import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { run, type Work } from "../work.ts";

/** An archive in the mirror. */
export interface MirroredArchive {
  path: string;
  sha256: string;
}

/** The SHA-256 of a file, as hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Packs a directory. The same files give the same bytes, for every user and on every machine. */
export async function packDirectory(
  work: Work,
  directory: string,
  archive: string,
  options: readonly string[] = [],
): Promise<void> {
  const compress = archive.endsWith(".bz2") ? "bzip2" : "gzip -n";
  const settled = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"];
  const modes = "--mode=u+rwX,go+rX,go-w";
  const what = ["-C", dirname(directory), basename(directory)];
  await run(work, "tar", ["-cf", archive, "-I", compress, ...settled, modes, ...options, ...what]);
}
