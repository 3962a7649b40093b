import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPlatform } from "../../../src/cnb/platform.ts";
import { makeTree } from "../../support/tree.ts";

describe("Environment, Provided by the Platform", () => {
  test("passes on user variables byte for byte", async () => {
    const dir = await makeTree({
      "env/TWO_LINES": "one\ntwo\n",
      "env/SPACES": "  a b  ",
      "env/UNICODE": "grüße",
      "env/EMPTY": "",
    });
    expect((await readPlatform(dir)).env).toEqual({
      TWO_LINES: "one\ntwo\n",
      SPACES: "  a b  ",
      UNICODE: "grüße",
      EMPTY: "",
    });
  });

  test("uses names unchanged, without suffixes", async () => {
    const dir = await makeTree({ "env/PATH.append": "x" });
    expect((await readPlatform(dir)).env).toEqual({ "PATH.append": "x" });
  });

  test("follows links and ignores directories, as in mounted volumes", async () => {
    const dir = await makeTree({ "env/..2026/RAILS_ENV": "staging" });
    await symlink("..2026", join(dir, "env/..data"));
    await symlink("..data/RAILS_ENV", join(dir, "env/RAILS_ENV"));
    expect((await readPlatform(dir)).env).toEqual({ RAILS_ENV: "staging" });
  });

  test("is empty if there is no platform directory", async () => {
    const dir = join(await makeTree(), "platform");
    expect(await readPlatform(dir)).toEqual({ dir, env: {}, bindings: [], ignoredBindings: [] });
  });

  test("does not ignore a variable that cannot be read", async () => {
    const dir = await makeTree({ "env/KEY": "\u0000" });
    await expect(readPlatform(dir)).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", path: join(dir, "env/KEY") },
    });
  });

  test("finds bindings", async () => {
    const dir = await makeTree({ "bindings/db/type": "postgresql" });
    expect((await readPlatform(dir)).bindings.map(({ name }) => name)).toEqual(["db"]);
  });
});
