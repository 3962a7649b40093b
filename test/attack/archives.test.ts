import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unpackArchive } from "../../src/oci/unpack-archive.ts";
import { failureOf } from "../support/failure.ts";
import { tarball, type TarEntry } from "../support/packages/tarball.ts";
import { makeTree } from "../support/tree.ts";

async function prepare() {
  const root = await makeTree({ "victim/secret": "original" });
  const destination = join(root, "destination");
  await mkdir(destination);
  const unpack = async (stripComponents: number, ...entries: TarEntry[]) => {
    const archive = join(root, "archive");
    await writeFile(archive, tarball(entries));
    const runTool = async () => await Promise.resolve({ exitCode: 127, lines: [] });
    await unpackArchive({ archive, destination, stripComponents, runTool });
  };
  return { root, destination, secret: join(root, "victim/secret"), unpack };
}

describe("a path that becomes absolute once its first components are dropped is refused", () => {
  test.for([
    ["a file", 1, "top/"],
    ["a file, after two components", 2, "top/sub/"],
    ["a file, after a dot", 2, "top/./"],
    ["a file, where the dropped component is empty", 2, "top//"],
  ] as const)("%s", async ([, components, top]) => {
    const { secret, destination, unpack } = await prepare();
    const path = `${top}${secret}`;
    const failure = await failureOf(unpack(components, { path, body: "overwritten" }));
    expect(failure).toMatchObject({ problem: `\`${path}\` leads out of the archive` });
    expect(await readFile(secret, "utf8")).toBe("original");
    expect(await readdir(destination)).toEqual([]);
  });

  test.for(["Directory", "SymbolicLink"] as const)("%s", async (type) => {
    const { root, unpack } = await prepare();
    const link = type === "SymbolicLink" ? { linkpath: "elsewhere" } : {};
    const entry = { path: `top/${root}/new`, type, ...link };
    const failure = await failureOf(unpack(1, entry));
    expect(failure).toMatchObject({ problem: `\`${entry.path}\` leads out of the archive` });
    expect(existsSync(join(root, "new"))).toBe(false);
  });
});

test("a hard link whose target becomes absolute is refused, so that no file outside is linked", async () => {
  const { secret, destination, unpack } = await prepare();
  const linkpath = `top/${secret}`;
  const failure = await failureOf(unpack(1, { path: "top/stolen", type: "Link", linkpath }));
  expect(failure).toMatchObject({
    problem: "`top/stolen` is a hard link that leads out of the archive",
  });
  expect(await readdir(destination)).toEqual([]);
  expect((await stat(secret)).nlink).toBe(1);
});

test("two slashes within a path that stays inside are no offence", async () => {
  const { destination, unpack } = await prepare();
  const file = { path: "top/bin//ruby", body: "#!" };
  await unpack(1, file, { path: "top/again", type: "Link", linkpath: "top/bin//ruby" });
  expect(await readFile(join(destination, "bin/ruby"), "utf8")).toBe("#!");
  expect(await readFile(join(destination, "again"), "utf8")).toBe("#!");
});
