import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parser, type ReadEntry } from "tar";
import { expect, onTestFinished, test } from "vitest";
import { BuildpackError } from "../../../src/failure.ts";
import { createEntryJudge } from "../../../src/oci/archive-entry.ts";
import { unpackArchive } from "../../../src/oci/unpack-archive.ts";
import { fuzz, pathTokens, timeout } from "../../support/fuzz/fuzz.ts";
import { ModelTree } from "../../support/fuzz/model-tree.ts";
import { tarball } from "../../support/packages/tarball.ts";
import { treeDigest } from "../../support/tree-digest.ts";
import { ring } from "../../support/world.ts";

const seeds = [
  tarball([
    { path: "top/", type: "Directory", mode: 0o755 },
    { path: "top/file", body: "x".repeat(600), mode: 0o4755 },
    { path: "top/link", type: "SymbolicLink", linkpath: "file" },
    { path: "top/hard", type: "Link", linkpath: "top/file" },
  ]),
  tarball([
    { path: "top/directory/up", type: "SymbolicLink", linkpath: "../directory" },
    { path: "top/directory/again", type: "Link", linkpath: "top/directory/up" },
    { path: "top/directory/up", body: "z" },
  ]),
  tarball([{ path: "top/../../victim/file", body: "y" }]),
  tarball([{ path: "top//tmp/lapidary-victim", body: "y" }]),
  tarball([{ path: "top/hard", type: "Link", linkpath: "top//etc/hostname" }]),
  tarball([
    { path: "top/out", type: "SymbolicLink", linkpath: "../victim" },
    { path: "top/out/file", body: "z" },
  ]),
  tarball([
    { path: "top/directory/up", type: "SymbolicLink", linkpath: ".." },
    { path: "top/directory/up/out", type: "SymbolicLink", linkpath: "../../victim" },
  ]),
  tarball([{ path: "top/pipe", type: "FIFO" }]),
];

/** Makes the checksums of headers right again: otherwise most changes would only show that they are wrong. */
function repaired(input: Buffer): Buffer {
  const archive = Buffer.from(input);
  for (let at = 0; at + 512 <= archive.length; at += 512) {
    const header = archive.subarray(at, at + 512);
    if (header.toString("latin1", 257, 262) !== "ustar") continue;
    header.fill(" ", 148, 156);
    let sum = 0;
    for (let place = 0; place < 512; place += 1) sum += header[place] ?? 0;
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  }
  return archive;
}

/** Every third archive keeps its wrong checksums. */
function variants(): (input: Buffer) => Buffer {
  let count = 0;
  return (input) => (count++ % 3 === 0 ? input : repaired(input));
}

/** Where the unpacker writes an entry, by the model; fails the test if that is outside. */
function place(tree: ModelTree, { path, type, linkpath = "" }: ReadEntry): void {
  const strip = (name: string) => name.split("/").slice(1).join("/");
  const inside =
    type === "SymbolicLink"
      ? tree.link(strip(path), linkpath)
      : (type !== "Link" || tree.resolve(strip(linkpath)) !== undefined) && tree.write(strip(path));
  if (inside === undefined || inside === false || strip(path).startsWith("/")) {
    expect.fail(`\`${path}\` (${type}, \`${linkpath}\`) is accepted`);
  }
}

/** Reads an archive without a disk. How many entries it accepts. */
function judgeAll(archive: Buffer): number {
  const judge = createEntryJudge({ stripComponents: 1, links: "inside" });
  const tree = new ModelTree();
  let [accepted, refused] = [0, false];
  const parser = new Parser({
    strict: true,
    filter: (_path, entry) => {
      refused ||= judge(entry as ReadEntry) !== undefined;
      if (refused) return false;
      place(tree, entry as ReadEntry);
      accepted += 1;
      return true;
    },
    onReadEntry: (entry) => entry.resume(),
  });
  parser.on("error", () => (refused = true));
  parser.end(archive);
  return accepted;
}

test(
  "no entry of a tar archive is accepted that would be written elsewhere",
  { timeout },
  async () => {
    const vary = variants();
    let accepted = 0;
    await fuzz(seeds, pathTokens, (input) => {
      accepted += judgeAll(vary(input));
    });
    expect(accepted).toBeGreaterThan(100);
  },
);

/** Archives that are really unpacked: each takes many times as long as to read it. */
const unpacked = { check: 60, test: 1000, full: 30_000 }[ring];

test("nothing that is unpacked leaves its directory", { timeout }, async () => {
  const root = mkdtempSync(join(fastDirectory(), "lapidary-test-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [archive, destination] = [join(root, "archive"), join(root, "destination")];
  mkdirSync(join(root, "victim"));
  writeFileSync(join(root, "victim/file"), "mine");
  const before = await treeDigest(join(root, "victim"));
  const vary = variants();
  let count = 0;
  await fuzz(seeds, pathTokens, async (input) => {
    const bytes = vary(input);
    if (count >= unpacked || judgeAll(bytes) === 0) return;
    count += 1;
    mkdirSync(destination);
    writeFileSync(archive, bytes);
    try {
      await unpackArchive({ archive, destination, stripComponents: 1 });
    } catch (error) {
      if (!(error instanceof BuildpackError)) throw error;
    }
    rmSync(destination, { recursive: true });
  });
  expect(count).toBe(unpacked);
  expect(await treeDigest(join(root, "victim"))).toBe(before);
  expect(readdirSync(root).toSorted()).toEqual(["archive", "victim"]);
});

/** A file system in memory if there is one. */
function fastDirectory(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
}
