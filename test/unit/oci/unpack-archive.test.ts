import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unpackArchive } from "../../../src/oci/unpack-archive.ts";
import { runCommand } from "../../../src/system/command.ts";
import { failureOf } from "../../support/failure.ts";
import { tarball, tarballGz } from "../../support/tarball.ts";
import type { TarEntry } from "../../support/tarball.ts";
import { makeTree } from "../../support/tree.ts";

const honest: TarEntry[] = [
  { path: "ruby-1/", type: "Directory", mode: 0o755 },
  { path: "ruby-1/bin/ruby", body: "#!", mode: 0o755 },
  { path: "ruby-1/lib/libruby.so.1", body: "code" },
  { path: "ruby-1/lib/libruby.so", type: "SymbolicLink", linkpath: "libruby.so.1" },
  { path: "ruby-1/bin/again", type: "SymbolicLink", linkpath: "../lib/libruby.so.1" },
  { path: "ruby-1/bin/hard", type: "Link", linkpath: "ruby-1/bin/ruby" },
];

describe("unpacking", () => {
  test("writes files, modes and links, and drops leading directories", async () => {
    const { unpack, destination } = await prepare(tarballGz(honest));
    await unpack(1);
    expect(await readFile(join(destination, "bin/ruby"), "utf8")).toBe("#!");
    expect((await stat(join(destination, "bin/ruby"))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(destination, "lib/libruby.so"))).toBe("libruby.so.1");
    expect(await readlink(join(destination, "bin/again"))).toBe("../lib/libruby.so.1");
    expect(await readFile(join(destination, "bin/hard"), "utf8")).toBe("#!");
  });

  test("accepts an uncompressed archive", async () => {
    const { unpack, destination } = await prepare(tarball(honest));
    await unpack(1);
    expect(await readFile(join(destination, "bin/ruby"), "utf8")).toBe("#!");
  });

  test.for(["bzip2", "xz"])("recognizes %s by the first bytes", async (tool, { skip }) => {
    const compressed = spawnSync(tool, ["-c"], { input: tarball(honest) });
    if (compressed.error) skip(`${tool} is not installed`);
    const { unpack, destination } = await prepare(compressed.stdout);
    await unpack(1);
    expect(await readFile(join(destination, "bin/ruby"), "utf8")).toBe("#!");
  });

  test("drops set-uid bits", async () => {
    const { unpack, destination } = await prepare(
      tarballGz([{ path: "su", body: "x", mode: 0o4755 }]),
    );
    await unpack();
    expect((await stat(join(destination, "su"))).mode & 0o7777).toBe(0o755);
  });
});

describe("hostile archives", () => {
  test.for<[string, TarEntry, string]>([
    ["a path with ..", { path: "../out", body: "x" }, "`../out` leads out of the archive"],
    [
      "a path with .. within",
      { path: "a/../../out", body: "x" },
      "`a/../../out` leads out of the archive",
    ],
    ["an absolute path", { path: "/out", body: "x" }, "`/out` leads out of the archive"],
    [
      "an absolute symbolic link",
      { path: "link", type: "SymbolicLink", linkpath: "/etc/passwd" },
      "`link` is a symbolic link that leads out of the archive",
    ],
    [
      "a symbolic link that climbs out",
      { path: "a/link", type: "SymbolicLink", linkpath: "../../out" },
      "`a/link` is a symbolic link that leads out of the archive",
    ],
    [
      "a symbolic link that climbs after a name",
      { path: "link", type: "SymbolicLink", linkpath: "a/.." },
      "`link` is a symbolic link that leads out of the archive",
    ],
    [
      "an absolute hard link",
      { path: "link", type: "Link", linkpath: "/etc/passwd" },
      "`link` is a hard link that leads out of the archive",
    ],
    [
      "a hard link that climbs out",
      { path: "link", type: "Link", linkpath: "../out" },
      "`link` is a hard link that leads out of the archive",
    ],
    [
      "a device",
      { path: "null", type: "CharacterDevice" },
      "`null` is of a kind that does not belong here (CharacterDevice)",
    ],
    [
      "a pipe",
      { path: "pipe", type: "FIFO" },
      "`pipe` is of a kind that does not belong here (FIFO)",
    ],
  ])("are refused with the name of the entry: %s", async ([, entry, problem]) => {
    const { unpack, archive, root } = await prepare(
      tarballGz([{ path: "first", body: "1" }, entry]),
    );
    const failure = await failureOf(unpack());
    expect(failure).toEqual({ code: "artifact/unpack-failed", path: archive, problem });
    expect((await readdir(root)).sort()).toEqual(["archive", "destination"]);
  });

  test("are refused if they write through their own link", async () => {
    const { unpack, destination } = await prepare(
      tarballGz([
        { path: "real/", type: "Directory" },
        { path: "link", type: "SymbolicLink", linkpath: "real" },
        { path: "link/file", body: "x" },
      ]),
    );
    expect(await failureOf(unpack())).toMatchObject({
      problem: "`link/file` is written through the link `link`",
    });
    expect(await readdir(join(destination, "real"))).toEqual([]);
  });

  test.for<[string, TarEntry[], string]>([
    [
      "a link that climbs from where a link has led",
      [
        { path: "d/up", type: "SymbolicLink", linkpath: ".." },
        { path: "d/up/out", type: "SymbolicLink", linkpath: "../.." },
      ],
      "`d/up/out` is written through the link `d/up`",
    ],
    [
      "a hard link that moves a symbolic link",
      [
        { path: "d/up", type: "SymbolicLink", linkpath: ".." },
        { path: "out", type: "Link", linkpath: "./d//up" },
        { path: "out/file", body: "x" },
      ],
      "`out` is a symbolic link that leads out of the archive",
    ],
    [
      "a file in place of a link",
      [
        { path: "link", type: "SymbolicLink", linkpath: "real" },
        { path: "./link", body: "x" },
      ],
      "`./link` is written through the link `link`",
    ],
  ])("are refused if several entries together lead out: %s", async ([, entries, problem]) => {
    const { unpack, root } = await prepare(
      tarballGz([{ path: "d/", type: "Directory" }, { path: "real", body: "r" }, ...entries]),
    );
    expect(await failureOf(unpack())).toMatchObject({ problem });
    expect((await readdir(root)).sort()).toEqual(["archive", "destination"]);
  });

  test("are refused if a link leads out only without the leading directory", async () => {
    const link = { path: "top/link", type: "SymbolicLink", linkpath: "../out" } as const;
    const { unpack } = await prepare(tarballGz([link]));
    expect(await failureOf(unpack(1))).toMatchObject({
      problem: "`top/link` is a symbolic link that leads out of the archive",
    });
  });
});

describe("damaged archives", () => {
  const long = [...honest, { path: "ruby-1/large", body: "x".repeat(100_000) }];

  test.for([
    ["gzip, cut at half", firstHalf(tarballGz(long)), "zlib: unexpected end of file"],
    ["cut within a file", tarball(long).subarray(0, 50_000), /Truncated input/],
    ["cut between two files", tarball(honest).subarray(0, 1536), "it ends early"],
    ["empty", Buffer.alloc(0), /./],
    ["no archive", Buffer.from("<html>Not found</html>".repeat(100)), /checksum failure/],
  ] as const)("are refused: %s", async ([, bytes, problem]) => {
    const { unpack } = await prepare(bytes);
    const failure = await failureOf(unpack(1));
    expect(failure).toMatchObject({ code: "artifact/unpack-failed" });
    const expected = typeof problem === "string" ? problem : expect.stringMatching(problem);
    expect(failure).toHaveProperty("problem", expected);
  });

  test("are refused with the name of a missing program", async () => {
    const { unpack } = await prepare(Buffer.from("BZh91AY&SY"));
    expect(await failureOf(unpack(1, ""))).toMatchObject({
      problem: "it needs `bzip2`, which is not installed",
    });
  });
});

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length / 2);
}

async function prepare(bytes: Uint8Array) {
  const root = await makeTree();
  const archive = join(root, "archive");
  const destination = join(root, "destination");
  await writeFile(archive, bytes);
  await mkdir(destination);
  const unpack = (stripComponents = 0, path = process.env["PATH"] ?? "") =>
    unpackArchive({
      archive,
      destination,
      stripComponents,
      runTool: (file, args) => runCommand({ file, args, cwd: root, env: { PATH: path } }),
    });
  return { root, archive, destination, unpack };
}
