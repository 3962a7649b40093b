import { execFileSync } from "node:child_process";
import { chmod, link, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  directoryEntry,
  fileEntry,
  tarOf,
  treeEntries,
  treeEntriesWithPipes,
} from "../../../src/oci/tar.ts";
import { makeTree } from "../../support/tree.ts";

const owner = { uid: 1001, gid: 1000 };

function archiveOf(directory: string, name = "/layers/x"): Buffer {
  return Buffer.concat([...tarOf(treeEntries(directory, name, owner))]);
}

/** What GNU tar reads in an archive. */
function listing(archive: Buffer): string[] {
  const args = [
    "--list",
    "--verbose",
    "--absolute-names",
    "--numeric-owner",
    "--full-time",
    "--utc",
  ];
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const lines = execFileSync("tar", args, { input: archive, env }).toString().trim().split("\n");
  return lines.map((line) => line.replace(/ +/g, " "));
}

describe("treeEntries", () => {
  test("are a directory and everything below it, sorted by name, and GNU tar can read them", async () => {
    const root = await makeTree({ "b/c": "ccc", a: "a", "b-d": "" });
    await chmod(root, 0o750);
    await chmod(join(root, "a"), 0o4711);
    await symlink("../etc", join(root, "l"));
    expect(listing(archiveOf(root))).toEqual([
      "drwxr-x--- 1001/1000 0 1980-01-01 00:00:01 /layers/x",
      "-rws--x--x 1001/1000 1 1980-01-01 00:00:01 /layers/x/a",
      "drwxr-xr-x 1001/1000 0 1980-01-01 00:00:01 /layers/x/b",
      "-rw-r--r-- 1001/1000 3 1980-01-01 00:00:01 /layers/x/b/c",
      "-rw-r--r-- 1001/1000 0 1980-01-01 00:00:01 /layers/x/b-d",
      "lrwxrwxrwx 1001/1000 0 1980-01-01 00:00:01 /layers/x/l -> ../etc",
    ]);
  });

  test("give the same bytes wherever and whenever the tree was created", async () => {
    const files = { "bin/tool": "tool", "lib/a": "a" };
    const [one, two] = [await makeTree(files), await makeTree(files)];
    await utimes(join(two, "lib/a"), 1, 1);
    expect(archiveOf(one)).toEqual(archiveOf(two));
  });

  test("have pipes only in the archives of layers, which GNU tar can read", async () => {
    const root = await makeTree({ a: "x" });
    execFileSync("mkfifo", ["-m", "640", join(root, "pipe")]);
    const archive = Buffer.concat([...tarOf(treeEntriesWithPipes(root, "/l", owner))]);
    expect(listing(archive).at(-1)).toBe("prw-r----- 1001/1000 0 1980-01-01 00:00:01 /l/pipe");
    expect(listing(archiveOf(root)).join()).not.toContain("pipe");
  });

  test("are one entry for a layer that is one file", async () => {
    const root = await makeTree({ a: "x" });
    const names = [...treeEntriesWithPipes(join(root, "a"), "/l/a", owner)].map(({ name }) => name);
    expect(names.map(String)).toEqual(["/l/a"]);
  });

  test("contain hard links as separate files, and no sockets", async () => {
    const root = await makeTree({ a: "x" });
    await link(join(root, "a"), join(root, "b"));
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const names = listing(archiveOf(root)).map((line) => line.split(" ").at(-1));
    server.close();
    expect(names).toEqual(["/layers/x", "/layers/x/a", "/layers/x/b"]);
  });

  test("keep names that are not UTF-8, and files larger than one piece", async () => {
    const root = await makeTree({ big: "x".repeat(3_000_000) });
    const odd = Buffer.from([0xff, 0xe9]);
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), odd]), "odd");
    const archive = archiveOf(root);
    expect(archive.includes(Buffer.concat([Buffer.from("path=/layers/x/"), odd]))).toBe(true);
    expect(listing(archive)[1]).toContain(" 3000000 ");
  });

  test("keep the owner of each file if none is given", async () => {
    const root = await makeTree({ a: "x" });
    const archive = Buffer.concat([...tarOf(treeEntries(root, "/r"))]);
    const own = `${process.getuid?.()}/${process.getgid?.()}`;
    expect(listing(archive).map((line) => line.split(" ")[1])).toEqual([own, own]);
  });
});

describe("tarOf", () => {
  test("holds the entries in their order and ends with two empty blocks", () => {
    const entries = [
      directoryEntry("/cnb", { uid: 0, gid: 0 }),
      fileEntry("/cnb/x", Buffer.from("text"), { uid: 0, gid: 0 }, 0o755),
    ];
    const archive = Buffer.concat([...tarOf(entries)]);
    expect(archive).toHaveLength(2 * 512 + 512 + 1024);
    expect(archive.subarray(-1024).every((byte) => byte === 0)).toBe(true);
    expect(listing(archive).map((line) => line.split(" ").at(-1))).toEqual(["/cnb", "/cnb/x"]);
  });
});
