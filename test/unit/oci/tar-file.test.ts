import { createHash } from "node:crypto";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fileEntry, tarOf, treeEntries } from "../../../src/oci/tar.ts";
import { writeTarFile } from "../../../src/oci/tar-file.ts";
import { failureOf } from "../../support/failure.ts";
import { makeTree, readTree } from "../../support/tree.ts";

const entry = fileEntry("file", Buffer.from("content"), { uid: 0, gid: 0 }, 0o644);
const expected = Buffer.concat([...tarOf([entry])]);

test("writes an archive into a directory that it makes, and resolves to its SHA-256 and size", async () => {
  const path = join(await makeTree(), "new/archive.tar");
  const { sha256, bytes } = await writeTarFile(path, [entry]);
  const content = await readFile(path);
  expect(content).toEqual(expected);
  expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
  expect(bytes).toBe(content.length);
});

test("compresses with gzip if asked, and counts the compressed bytes", async () => {
  const path = join(await makeTree(), "archive.tgz");
  const { bytes } = await writeTarFile(path, [entry], { gzip: 9 });
  const content = await readFile(path);
  expect(gunzipSync(content)).toEqual(expected);
  expect(bytes).toBe(content.length);
});

test("keeps the older archive, and nothing else, if an entry cannot be read", async () => {
  const root = await makeTree({ "archive.tar": "old" });
  const entries = treeEntries(join(root, "missing"), "x");
  await expect(writeTarFile(join(root, "archive.tar"), entries)).rejects.toMatchObject({
    code: "ENOENT",
    path: join(root, "missing"),
  });
  expect(await readTree(root)).toEqual({ "archive.tar": "old" });
});

test("names the archive when the disk is full", async () => {
  const path = join(await makeTree(), "archive.tar");
  await symlink("/dev/full", `${path}.${process.pid}.partial`);
  expect(await failureOf(writeTarFile(path, [entry]))).toEqual({ code: "system/disk-full", path });
});
