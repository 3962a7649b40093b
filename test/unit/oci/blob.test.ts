import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { digestOf, digestOfFile, writeJson, writeLayer } from "../../../src/oci/blob.ts";
import { makeTree } from "../../support/tree.ts";

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("writeLayer", () => {
  test("names the blob by its digest, and returns the digest of its content", async () => {
    const blobs = await makeTree();
    const pieces = [Buffer.alloc(700_000, "a"), Buffer.alloc(3, "b")];
    const layer = await writeLayer(blobs, pieces);
    const bytes = await readFile(layer.path);
    expect(layer).toMatchObject({ digest: sha256(bytes), size: bytes.length });
    expect(layer.path).toBe(join(blobs, "sha256", layer.digest.slice("sha256:".length)));
    expect(gunzipSync(bytes)).toEqual(Buffer.concat(pieces));
    expect(layer.diffId).toBe(sha256(Buffer.concat(pieces)));
    expect(layer.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
  });

  test("writes the same bytes every time, whatever the pieces", async () => {
    const blobs = await makeTree();
    const one = await writeLayer(blobs, [Buffer.from("some"), Buffer.from("text")]);
    const two = await writeLayer(blobs, [Buffer.from("sometext")]);
    expect(two).toEqual(one);
    expect(await readdir(join(blobs, "sha256"))).toHaveLength(1);
  });

  test("leaves nothing behind if reading fails", async () => {
    const blobs = await makeTree();
    function* failing(): Generator<Buffer> {
      yield Buffer.alloc(600_000);
      throw new Error("unreadable");
    }
    await expect(writeLayer(blobs, failing())).rejects.toThrow("unreadable");
    expect(await readdir(join(blobs, "sha256"))).toEqual([]);
  });
});

test("writeJson names a blob by its digest", async () => {
  const blobs = await makeTree();
  const written = await writeJson(blobs, { a: 1 }, "text/x");
  const bytes = Buffer.from('{"a":1}');
  expect(written).toEqual({ mediaType: "text/x", digest: sha256(bytes), size: 7 });
  expect(await readFile(join(blobs, written.digest.replace(":", "/")))).toEqual(bytes);
});

test("digests of archives and files are SHA-256", async () => {
  const root = await makeTree({ a: "abc" });
  const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(digestOf([Buffer.from("a"), Buffer.from("bc")])).toBe(abc);
  expect(await digestOfFile(join(root, "a"))).toBe(abc);
});
