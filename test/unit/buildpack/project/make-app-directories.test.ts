import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeAppDirectories } from "../../../../src/buildpack/project/make-app-directories.ts";
import { isDirectory } from "../../../../src/system/files.ts";
import { lockedWith } from "../../../support/builds/locked.ts";
import { makeTree } from "../../../support/tree.ts";

const rails = (dir: string, gems = {}) => ({
  dir,
  locked: lockedWith({ railties: "8.1.4", ...gems }),
});

describe("makeAppDirectories", () => {
  test.each(["log", "tmp/cache", "tmp/pids", "tmp/sockets", "storage"])(
    "creates %s for Rails",
    async (path) => {
      const app = await makeTree();
      await makeAppDirectories(rails(app));
      expect(await isDirectory(join(app, path))).toBe(true);
    },
  );

  test.each(["cssbundling-rails", "dartsass-rails", "jsbundling-rails", "tailwindcss-rails"])(
    "creates app/assets/builds for %s, and only then",
    async (gem) => {
      const app = await makeTree();
      await makeAppDirectories(rails(app));
      expect(await isDirectory(join(app, "app"))).toBe(false);
      await makeAppDirectories(rails(app, { [gem]: "1.0.0" }));
      expect(await isDirectory(join(app, "app/assets/builds"))).toBe(true);
    },
  );

  test("creates nothing below a link of the app", async () => {
    const outside = await makeTree();
    const app = await makeTree();
    await symlink(outside, join(app, "tmp"));
    await symlink(join(outside, "gone"), join(app, "log"));
    await makeAppDirectories(rails(app));
    expect(await readdir(outside)).toEqual([]);
    expect(await isDirectory(join(app, "storage"))).toBe(true);
  });

  test("leaves files with these names alone", async () => {
    const app = await makeTree({ tmp: "a file", log: "a file" });
    await makeAppDirectories(rails(app));
    expect((await readdir(app)).sort()).toEqual(["log", "storage", "tmp"]);
  });
});
