import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stateDirectoryFor } from "../../../../src/platform/state/state-directory.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("stateDirectoryFor", () => {
  test("gives each app its own folder in the user's state directory", async () => {
    const root = await makeTree();
    await mkdir(join(root, "a/shop"), { recursive: true });
    await mkdir(join(root, "b/shop"), { recursive: true });
    const context = { env: { HOME: "/home/me" }, cwd: root };
    const first = await stateDirectoryFor("a/shop", undefined, context);
    const second = await stateDirectoryFor("b/shop", undefined, context);
    // A user to whom root drops could not enter the home of root.
    const base = process.getuid?.() === 0 ? "/var/lib" : "/home/me/.local/state";
    expect(first).toMatch(new RegExp(`^${base}/lapidary/shop-[0-9a-f]{8}$`));
    expect(second).not.toBe(first);
  });

  test("identifies an app by its real path", async () => {
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

  test("uses the folder that the user names", async () => {
    const root = await makeTree({ "app/": "" });
    expect(await stateDirectoryFor("app", "s", { env: {}, cwd: root })).toBe(join(root, "s"));
  });

  test("refuses a missing app", async () => {
    const state = stateDirectoryFor("none", undefined, { env: {}, cwd: "/" });
    expect(await failureOf(state)).toEqual({ code: "platform/app-missing", path: "/none" });
  });
});
