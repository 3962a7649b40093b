import { createHash } from "node:crypto";
import { chmod, link, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  digestLayer as digestOf,
  fingerprintLayer,
} from "../../../../src/platform/state/layer-digest.ts";
import { tarOf } from "../../../../src/oci/tar.ts";
import { layerArchive } from "../../../../src/oci/layer-archive.ts";
import { readTar } from "../../../support/packages/read-package.ts";
import { makeTree } from "../../../support/tree.ts";

const files = { "bin/tool": "tool", "lib/a": "a", "lib/b": "bb", "empty/": "" };

const owner = { uid: 1001, gid: 1000 };
const digestLayer = (directory: string) => digestOf(directory, "/layers/x/y", owner);

describe("digestLayer", () => {
  test("is the same for the same content, wherever and whenever it was created", async () => {
    const one = await makeTree(files);
    const two = await makeTree(files);
    await utimes(join(two, "lib/a"), 1, 1);
    expect(digestLayer(one)).toBe(digestLayer(two));
    expect(digestLayer(one)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test.each<[string, (root: string) => Promise<void>]>([
    ["a file's content", (root) => writeFile(join(root, "lib/a"), "b")],
    ["a file's name", (root) => rename(join(root, "lib/a"), join(root, "lib/c"))],
    ["a mode", (root) => chmod(join(root, "bin/tool"), 0o755)],
    ["a directory's mode", (root) => chmod(join(root, "empty"), 0o700)],
    ["a new link", (root) => symlink("a", join(root, "lib/l"))],
    ["an empty file", (root) => writeFile(join(root, "lib/e"), "")],
    ["a file where a directory was", (root) => rename(join(root, "empty"), join(root, "full"))],
  ])("changes with %s", async (_, change) => {
    const root = await makeTree(files);
    const before = digestLayer(root);
    await change(root);
    expect(digestLayer(root)).not.toBe(before);
  });

  test("changes with the target of a link, and with bytes that move from one file to the next", async () => {
    const one = await makeTree({ a: "xy", b: "z" });
    const two = await makeTree({ a: "x", b: "yz" });
    expect(digestLayer(one)).not.toBe(digestLayer(two));
    await symlink("a", join(one, "l"));
    const before = digestLayer(one);
    await rename(join(one, "l"), join(one, "m"));
    await symlink("b", join(one, "l"));
    expect(digestLayer(one)).not.toBe(before);
  });

  test("counts hard links as separate files and ignores sockets", async () => {
    const linked = await makeTree({ a: "x" });
    await link(join(linked, "a"), join(linked, "b"));
    expect(digestLayer(linked)).toBe(digestLayer(await makeTree({ a: "x", b: "x" })));
    const before = digestLayer(linked);
    const server = createServer().listen(join(linked, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(digestLayer(linked)).toBe(before);
    server.close();
  });

  test("is the digest of the archive with the parent directories, and covers the owner", async () => {
    const root = await makeTree(files);
    const archive = [...tarOf(layerArchive(root, "/layers/x/y", owner))];
    const names = (await readTar(Buffer.concat(archive))).map(({ path }) => path);
    expect(names.slice(0, 4)).toEqual(["/layers", "/layers/x", "/layers/x/y", "/layers/x/y/bin"]);
    const sha256 = createHash("sha256").update(Buffer.concat(archive)).digest("hex");
    expect(digestLayer(root)).toBe(`sha256:${sha256}`);
    expect(digestOf(root, "/layers/x/y", { uid: 0, gid: 0 })).not.toBe(digestLayer(root));
    expect(digestOf(root, "/layers/x/z", owner)).not.toBe(digestLayer(root));
  });

  test("covers the mode of the directory that the layer is in, and no others above it", async () => {
    const root = await makeTree(files);
    await chmod(root, 0o755);
    const archive = Buffer.concat([...tarOf(layerArchive(root, "/layers/x/y", owner, 0o700))]);
    const modes = (await readTar(archive)).slice(0, 3).map(({ mode }) => mode);
    expect(modes).toEqual([0o755, 0o700, 0o755]);
    expect(digestOf(root, "/layers/x/y", owner, 0o755)).toBe(digestLayer(root));
    expect(digestOf(root, "/layers/x/y", owner, 0o700)).not.toBe(digestLayer(root));
  });

  test("covers names that are not UTF-8, and files larger than one piece", async () => {
    const root = await makeTree({ big: "x".repeat(3_000_000) });
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xe9])]), "odd");
    const before = digestLayer(root);
    await writeFile(join(root, "big"), `${"x".repeat(2_999_999)}y`);
    expect(digestLayer(root)).not.toBe(before);
  });
});

describe("fingerprintLayer", () => {
  test("counts the bytes of files", async () => {
    expect(fingerprintLayer(await makeTree(files)).bytes).toBe(7);
  });

  test("changes only when something is written, even if size and time stay the same", async () => {
    const root = await makeTree(files);
    await utimes(join(root, "lib/a"), 1, 1);
    const before = fingerprintLayer(root).stamp;
    expect(fingerprintLayer(root).stamp).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeFile(join(root, "lib/a"), "b");
    await utimes(join(root, "lib/a"), 1, 1);
    expect(fingerprintLayer(root).stamp).not.toBe(before);
  });
});
