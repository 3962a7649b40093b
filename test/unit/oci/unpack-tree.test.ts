import { chmod, lstat, mkdir, readdir, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { treeEntries } from "../../../src/oci/tar.ts";
import { writeTarFile } from "../../../src/oci/tar-file.ts";
import { unpackTree } from "../../../src/oci/unpack-tree.ts";
import { tarballGz } from "../../support/packages/tarball.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

type Entries = Parameters<typeof tarballGz>[0];

/** Unpacks archives of these entries, one above the other, into an empty directory. */
async function unpack(...layers: Entries[]) {
  return await unpackWith({}, ...layers);
}

async function unpackWith(options: { pipes?: boolean }, ...layers: Entries[]) {
  const root = await makeTree();
  const paths = layers.map((_, index) => join(root, `layer-${index}`));
  for (const [index, entries] of layers.entries()) {
    await writeFile(paths[index] ?? "", tarballGz(entries));
  }
  const directory = join(root, "tree");
  return { directory, unpacked: unpackTree(paths, directory, options) };
}

const link = (path: string, linkpath: string) =>
  ({ path, type: "SymbolicLink", linkpath }) as const;

describe("unpackTree", () => {
  test("puts absolute names below the directory", async () => {
    const tool = { path: "/layers/x/bin/tool", body: "tool" };
    const hard = {
      path: "/layers/x/bin/hard",
      type: "Link",
      linkpath: "/layers/x/bin/tool",
    } as const;
    const { directory, unpacked } = await unpack([tool, hard]);
    await unpacked;
    expect(await readTree(directory)).toEqual({
      "layers/x/bin/hard": "tool",
      "layers/x/bin/tool": "tool",
    });
  });

  test("keeps modes, whatever the umask", async () => {
    const { directory, unpacked } = await unpack([
      { path: "tmp/", type: "Directory", mode: 0o1777 },
      { path: "tmp/shared", body: "x", mode: 0o666 },
      { path: "read-only/", type: "Directory", mode: 0o555 },
      { path: "read-only/su", body: "x", mode: 0o4555 },
    ]);
    await unpacked;
    for (const [path, mode] of [
      ["tmp", 0o1777],
      ["tmp/shared", 0o666],
      ["read-only", 0o555],
      ["read-only/su", 0o4555],
    ] as const) {
      expect(await modeOf(join(directory, path)), path).toBe(mode);
    }
    await chmod(join(directory, "read-only"), 0o755);
  });

  test("unpacks archives of the tar writer, and keeps links that lead anywhere", async () => {
    const root = await makeTree({ "app/bin/run": "#!/bin/sh\n", "app/.hidden": "x" });
    await chmod(join(root, "app/bin/run"), 0o775);
    await symlink("/app/bin", join(root, "app/link"));
    const archive = join(root, "app.tgz");
    const entries = treeEntries(join(root, "app"), "./app", { uid: 0, gid: 0 });
    await writeTarFile(archive, entries, { gzip: 6 });
    const out = join(root, "out");
    await unpackTree([archive], out);
    expect(await readTree(out)).toEqual({ "app/.hidden": "x", "app/bin/run": "#!/bin/sh\n" });
    expect(await modeOf(join(out, "app/bin/run"))).toBe(0o775);
    expect(await readlink(join(out, "app/link"))).toBe("/app/bin");
  });

  test("makes pipes where they may be, but none through a link or in place of a directory", async () => {
    const pipe = (path: string) => ({ path, type: "FIFO", mode: 0o640 }) as const;
    const outside = await makeTree();
    const directory = (path: string) => ({ path, type: "Directory", mode: 0o755 }) as const;
    const { directory: root, unpacked } = await unpackWith(
      { pipes: true },
      [directory("a/"), { path: "a/file", body: "x" }, pipe("a/pipe"), pipe("a/gone"), pipe("b")],
      [pipe("a/file"), { path: "a/gone", body: "y" }, directory("b/"), pipe("missing/pipe")],
      [directory("c/"), pipe("c/pipe")],
      [link("c", outside)],
    );
    await unpacked.catch(() => {});
    expect(await readdir(outside)).toEqual([]);
    expect((await lstat(join(root, "a/pipe"))).isFIFO()).toBe(true);
    expect(await modeOf(join(root, "a/pipe"))).toBe(0o640);
    expect((await lstat(join(root, "a/file"))).isFIFO()).toBe(true);
    expect((await lstat(join(root, "a/gone"))).isFile()).toBe(true);
    expect((await lstat(join(root, "b"))).isDirectory()).toBe(true);
  });

  test("refuses pipes otherwise", async () => {
    const { unpacked } = await unpack([{ path: "pipe", type: "FIFO" }]);
    await expect(unpacked).rejects.toThrow("`pipe` is of a kind that does not belong here (FIFO)");
  });

  test("lets a layer replace a link of the layer below it", async () => {
    const { directory, unpacked } = await unpack(
      [link("/current", "/elsewhere")],
      [
        { path: "/current/", type: "Directory", mode: 0o755 },
        { path: "/current/file", body: "x" },
      ],
    );
    await unpacked;
    expect(await readTree(directory)).toEqual({ "current/file": "x" });
  });
});

describe("hostile archives", () => {
  test.each([
    [
      "of their own",
      (outside: string) => [[link("/out", outside), { path: "/out/new", body: "x" }]],
    ],
    [
      "of a lower layer",
      (outside: string) => [[link("/out", outside)], [{ path: "/out/new", body: "x" }]],
    ],
    [
      "that a hard link copies",
      (outside: string) => [
        [link("/first", outside), { path: "/out", type: "Link", linkpath: "/first" } as const],
        [{ path: "/out/new", body: "x" }],
      ],
    ],
    [
      "with a hard link",
      (outside: string) => [
        [link("/out", outside), { path: "/stolen", type: "Link", linkpath: "/out/file" } as const],
      ],
    ],
  ])("cannot reach outside through a link %s", async (_, layers) => {
    const outside = await makeTree({ file: "theirs" });
    const { unpacked } = await unpack(...layers(outside));
    await expect(unpacked).rejects.toThrow(/through the link/);
    expect(await readTree(outside)).toEqual({ file: "theirs" });
    expect((await lstat(join(outside, "file"))).nlink).toBe(1);
  });

  test("cannot change the mode of a file outside", async () => {
    const outside = await makeTree({ file: "theirs" });
    await chmod(join(outside, "file"), 0o600);
    const target = join(outside, "file");
    const { unpacked } = await unpack([
      { path: "file", body: "x", mode: 0o777 },
      link("./file", target),
    ]);
    await unpacked;
    expect(await modeOf(target)).toBe(0o600);
  });

  test.each([
    ["a path with ..", { path: "../out", body: "x" }],
    ["a device", { path: "null", type: "CharacterDevice" } as const],
  ])("are refused: %s", async (_, entry) => {
    const { unpacked } = await unpack([entry]);
    await expect(unpacked).rejects.toThrow(`\`${entry.path}\``);
  });
});

test("a file that is not an archive is refused", async () => {
  const root = await makeTree({ file: "not an archive" });
  await mkdir(join(root, "out"));
  await expect(unpackTree([join(root, "file")], join(root, "out"))).rejects.toThrow(
    "it is not a tar archive",
  );
});
