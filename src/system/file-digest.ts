import type { Hash } from "node:crypto";
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
