import type { Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/**
 * Adds what is in a file to a hash, in pieces, whatever its size. The calls are synchronous: for tens
 * of thousands of small files, waiting for each would cost more than reading it.
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
