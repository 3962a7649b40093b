import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { list, type ReadEntry } from "tar";
import { describe, expect, test } from "vitest";
import { unpackArchive } from "../../../src/oci/unpack-archive.ts";
import { packArtifact } from "../../../src/artifacts/pack-artifact.ts";
import { failureOf } from "../../support/failure.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

describe("packing an artifact", () => {
  test("keeps files, empty directories, links and whether a file is executable", async () => {
    const tree = await makeTree({ "bin/ruby": "#!", "lib/empty/": "", "@odd": "x" });
    await chmod(join(tree, "bin/ruby"), 0o755);
    await symlink("bin", join(tree, "sbin"));
    const archive = join(await makeTree(), "a.tgz");
    await packArtifact(tree, archive);
    const destination = await makeTree();
    await unpackArchive({ archive, destination });
    expect(await readTree(destination)).toEqual({ "bin/ruby": "#!", "@odd": "x" });
    expect(await readdir(join(destination, "lib"))).toEqual(["empty"]);
    expect(await modeOf(join(destination, "bin/ruby"))).toBe(0o755);
    const sbin = (await entriesOf(archive)).find(({ path }) => path === "./sbin");
    expect(sbin).toMatchObject({ type: "SymbolicLink", linkpath: "bin" });
  });

  test("resolves to the archive's SHA-256 and size", async () => {
    const archive = join(await makeTree(), "a.tgz");
    const { sha256, bytes } = await packArtifact(await makeTree({ file: "x" }), archive);
    const content = await readFile(archive);
    expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(bytes).toBe(content.length);
  });

  test("makes the same bytes from the same files, whatever their owners, times, umask and order", async () => {
    const one = await makeTree({ a: "1", "b/c": "2", "b/d": "3" });
    const two = await makeTree();
    await mkdir(join(two, "b"));
    for (const [path, text] of [
      ["b/d", "3"],
      ["b/c", "2"],
      ["a", "1"],
    ] as const) {
      await writeFile(join(two, path), text);
      await chmod(join(two, path), 0o664);
      await utimes(join(two, path), 1, 1);
    }
    await chmod(join(two, "b"), 0o775);
    const place = await makeTree();
    const digests = [one, two].map(async (tree, at) => {
      return (await packArtifact(tree, join(place, `${at}.tgz`))).sha256;
    });
    const [first, second] = await Promise.all(digests);
    expect(second).toBe(first);
  });

  test("gives every file the time of files in images, and sorts them", async () => {
    const archive = join(await makeTree(), "a.tgz");
    await packArtifact(await makeTree({ "b/z": "", "b/a": "", a: "" }), archive);
    const entries = await entriesOf(archive);
    expect(entries.map(({ path }) => path)).toEqual(["./a", "./b", "./b/a", "./b/z"]);
    const files = entries.filter(({ type }) => type === "File");
    expect([...new Set(files.map(({ mtime }) => mtime?.toISOString()))]).toEqual([
      "1980-01-01T00:00:01.000Z",
    ]);
    expect(entries.every(({ uid, uname }) => uid === 0 && !uname)).toBe(true);
  });

  test("says that the disk is full", async () => {
    const tree = await makeTree({ file: "x" });
    const archive = join(await makeTree(), "a.tgz");
    await symlink("/dev/full", `${archive}.${process.pid}.partial`);
    expect(await failureOf(packArtifact(tree, archive))).toEqual({
      code: "system/disk-full",
      path: archive,
    });
  });
});

async function entriesOf(file: string): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  await list({ file, onReadEntry: (entry) => void entries.push(entry) });
  return entries;
}
