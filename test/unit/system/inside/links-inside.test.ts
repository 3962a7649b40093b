import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { throughLinks } from "../../../../src/system/inside/links-inside.ts";
import { readTextInside } from "../../../../src/system/inside/open-inside.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const read = async (root: string, path: string) =>
  await throughLinks(root, path, (real) => readTextInside(root, real));

async function treeWith(links: Record<string, string>): Promise<string> {
  const root = await makeTree({ file: "text", "d/e/file": "deep", "other/": "" });
  for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path));
  return root;
}

describe("throughLinks follows links that stay below the root", () => {
  test.each([
    ["to a file", { l: "file" }, "l", "text"],
    ["to a directory", { l: "d" }, "l/e/file", "deep"],
    ["to a link", { l: "m", m: "./d//e", "d/n": "../file" }, "l/../n", "text"],
    ["that climbs within", { "d/e/l": "../../file" }, "d/e/l", "text"],
    ["behind a link, from where it leads", { l: "d/e", m: "l/../e/file" }, "m", "deep"],
  ])("%s", async (_, links, path, text) => {
    const root = await treeWith(links);
    const started = path === "l/../n" ? "d/n" : path;
    expect(await read(root, started)).toEqual({ state: "text", text });
  });

  test("by the path of the root, or by that at which those see it who made the link", async () => {
    const root = await treeWith({ l: "/layers/x/d/e", d2: "/layers/x", out: "/layers/xy/d/e" });
    await symlink(join(root, "file"), join(root, "m"));
    expect(await read(root, "m")).toEqual({ state: "text", text: "text" });
    const readAs = async (path: string) =>
      await throughLinks(root, path, (real) => readTextInside(root, real), "/layers/x");
    expect(await readAs("l/file")).toEqual({ state: "text", text: "deep" });
    expect(await readAs("d2/file")).toEqual({ state: "text", text: "text" });
    for (const path of ["m", "out/file"]) {
      expect(await failureOf(readAs(path))).toMatchObject({ code: "system/link-not-followed" });
    }
  });

  test("to nowhere", async () => {
    const root = await treeWith({ l: "none/at/all" });
    expect(await read(root, "l")).toEqual({ state: "missing" });
  });
});

describe("throughLinks names a link that does not stay below the root", () => {
  test.each([
    ["absolute", { l: "/etc/hostname" }, "l"],
    ["climbing", { l: "../x" }, "l"],
    ["climbing behind a directory", { l: "d/../../x" }, "l"],
    ["climbing behind a link", { m: "d", l: "m/../../x" }, "l"],
    ["in a circle", { l: "m", m: "l" }, "l"],
    ["through another link", { l: "m", m: "/etc/hostname" }, "l"],
  ])("%s", async (_, links, path) => {
    expect(await failureOf(read(await treeWith(links), path))).toMatchObject({
      code: "system/link-not-followed",
    });
  });

  test("the root itself", async () => {
    const root = await treeWith({ l: "d" });
    expect(await failureOf(read(join(root, "l"), "e/file"))).toEqual({
      code: "system/link-not-followed",
      path: join(root, "l"),
    });
  });
});

test("what is exchanged for a link at any moment leads nowhere outside", async () => {
  const victim = await makeTree({ file: "s3cret" });
  const root = await treeWith({ l: "turning" });
  const stop = new AbortController();
  const turn = (async () => {
    while (!stop.signal.aborted) {
      for (const target of [victim, "d/e"]) {
        await rm(join(root, "turning"), { recursive: true, force: true });
        await symlink(target, join(root, "turning"));
      }
      await rm(join(root, "turning"));
      await mkdir(join(root, "turning"));
    }
  })();
  try {
    for (let times = 0; times < 300; times++) {
      const found = await read(root, "l/file").catch(() => ({ state: "refused" }));
      expect(found).not.toHaveProperty("text", "s3cret");
    }
  } finally {
    stop.abort();
    await turn;
  }
});
