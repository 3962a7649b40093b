import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stateDirectoryFor } from "../../../../src/platform/state/state-directory.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("stateDirectoryFor", () => {
  test("gives each app a folder of its own among the user's state", async () => {
    const root = await makeTree();
    await mkdir(join(root, "a/shop"), { recursive: true });
    await mkdir(join(root, "b/shop"), { recursive: true });
    const context = { env: { HOME: "/home/me" }, cwd: root };
    const first = await stateDirectoryFor("a/shop", undefined, context);
    const second = await stateDirectoryFor("b/shop", undefined, context);
    expect(first).toMatch(/^\/home\/me\/\.local\/state\/lapidary\/shop-[0-9a-f]{8}$/);
    expect(second).not.toBe(first);
  });

  test("knows an app by the place where it really stands", async () => {
    const root = await makeTree({ "app/": "" });
    await symlink(join(root, "app"), join(root, "link"));
    const context = { env: { XDG_STATE_HOME: "/state" }, cwd: root };
    const state = await stateDirectoryFor("app", undefined, context);
    expect(state).toMatch(/^\/state\/lapidary\/app-/);
    expect(await stateDirectoryFor("link", undefined, context)).toBe(state);
    expect(await stateDirectoryFor(".", undefined, { ...context, cwd: join(root, "app") })).toBe(
      state,
    );
  });

  test("takes the folder that the user names", async () => {
    const root = await makeTree({ "app/": "" });
    expect(await stateDirectoryFor("app", "s", { env: {}, cwd: root })).toBe(join(root, "s"));
  });

  test("refuses an app that is not there", async () => {
    const state = stateDirectoryFor("none", undefined, { env: {}, cwd: "/" });
    expect(await failureOf(state)).toEqual({ code: "platform/app-missing", path: "/none" });
  });
});
