import type { Hash, Hmac } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/**
 * Adds the content of a file to a hash, in pieces. The calls are synchronous, because for tens of
 * thousands of small files asynchronous ones would take longer than the reading itself.
 */
export function addContent(hash: Hash, path: string | Buffer): void {
  const file = openSync(path, "r");
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

const chunk = Buffer.alloc(1024 * 1024);

/** Adds texts to a hash, each with its length, so that no two lists of texts are the same bytes. */
export function addParts<H extends Hash | Hmac>(hash: H, parts: readonly string[]): H {
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash;
}
