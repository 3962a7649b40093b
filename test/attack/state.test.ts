import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claimState, stateMark } from "../../src/platform/state/claim-state.ts";
import { openState } from "../../src/platform/state/state.ts";
import { buildByLine } from "../support/build-line.ts";
import { failureOf } from "../support/failure.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { makeTree } from "../support/tree.ts";

/** A directory of a user's own, with names that builds use for themselves. */
const users = {
  "work/report.odt": "mine",
  "builds/1/x": "mine",
  "scratch/x": "mine",
  "run/x/y": "mine",
  "in-use/x": "mine",
  "export/run-image/x": "mine",
  lock: "mine",
};

async function prepare() {
  const root = await makeTree({ "app/Gemfile": "" });
  const state = await makeTree(users);
  const buildpack = await makeBuildpack({ build: "touch built" });
  const build = async (...args: string[]) =>
    await buildByLine(root, join(root, "app"), "--buildpack", buildpack, ...args);
  return { root, state, build };
}

describe("`--state` of a directory that holds other files changes nothing in it", () => {
  test("where it was typed", async () => {
    const { state, build } = await prepare();
    const before = await treeDigest(state);
    const failure = await failureOf(build("--state", state));
    const entries = ["builds", "export", "in-use", "lock", "run"];
    expect(failure).toEqual({ code: "platform/state-foreign", path: state, entries });
    expect(await treeDigest(state)).toBe(before);
  });

  test("where an image is exported, too", async () => {
    const { root, state, build } = await prepare();
    const before = await treeDigest(state);
    const image = ["--image", `oci:${root}/image`, "--run-image", `docker-archive:${root}/none`];
    await failureOf(build("--state", state, ...image));
    expect(await treeDigest(state)).toBe(before);
  });

  test("where it is the current directory, by whatever name", async () => {
    for (const name of [".", ""]) {
      const { root, build } = await prepare();
      await mkdir(join(root, "work"));
      const before = await treeDigest(root);
      const failure = await failureOf(build("--state", name));
      expect(failure.code).toBe(name === "" ? "platform/usage" : "platform/state-foreign");
      expect(await treeDigest(root)).toBe(before);
    }
  });

  test("where its mark is no file", async () => {
    for (const make of [mkdir, async (path: string) => await symlink("lock", path)]) {
      const { state } = await prepare();
      await make(join(state, stateMark));
      const before = await treeDigest(state);
      expect(await failureOf(openState(state))).toMatchObject({ code: "platform/state-foreign" });
      expect(await treeDigest(state)).toBe(before);
    }
  });

  test("where it looks like a build's, but has a file of the user's besides", async () => {
    const platform = await unmarkedState();
    await mkdir(join(platform.state, "photos"));
    const before = await treeDigest(platform.state);
    const failure = await failureOf(platform.build([await makeBuildpack()]));
    expect(failure).toMatchObject({ code: "platform/state-foreign", entries: ["photos"] });
    expect(await treeDigest(platform.state)).toBe(before);
  });
});

describe("a state directory is known", () => {
  test("by its mark, which a build leaves in a new or an empty directory", async () => {
    for (const make of [mkdir, async () => {}]) {
      const state = join(await makeTree(), "state");
      await make(state);
      await (await openState(state)).close();
      await mkdir(join(state, "photos"));
      await (await openState(state)).close();
      expect((await readdir(state)).sort()).toEqual([stateMark, "builds", "photos"]);
    }
  });

  test("of version 0.1.0 by its build, and marked then", async () => {
    const platform = await unmarkedState();
    await platform.build([await makeBuildpack()]);
    expect(await readdir(platform.state)).toContain(stateMark);
  });

  test("of version 0.1.0 without a whole build by the place that the user did not name", async () => {
    const state = await makeTree({ "builds/1/x": "", "work/app/x": "", "lock.takeover": "" });
    expect(await failureOf(claimState(state))).toMatchObject({ code: "platform/state-foreign" });
    expect(await claimState(state, true)).toBe(state);
  });

  test("while two builds make it at once", async () => {
    const state = join(await makeTree(), "state");
    await mkdir(state);
    const claims = Array.from({ length: 20 }, async () => await claimState(state));
    expect(new Set(await Promise.all(claims))).toEqual(new Set([state]));
  });
});

/** A platform with a build, in a state directory as version 0.1.0 left it. */
async function unmarkedState() {
  const platform = await makePlatform();
  await platform.build([await makeBuildpack()]);
  await rm(join(platform.state, stateMark));
  return platform;
}
