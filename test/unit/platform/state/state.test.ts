import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openState } from "../../../../src/platform/state/state.ts";
import { buildsInUse, openStoredBuild } from "../../../../src/platform/state/state-in-use.ts";
import { lockFile } from "../../../../src/system/file-lock.ts";
import { failureOf } from "../../../support/failure.ts";
import { type LocalPlatform, makePlatform } from "../../../support/builds/local-platform.ts";
import { makeBuildpack } from "../../../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../../../support/tree.ts";
import { treeDigest } from "../../../support/tree-digest.ts";

/** A buildpack that counts its builds in a layer, and changes all that a state can hold. */
async function countingBuildpack(ending = ""): Promise<string> {
  return await makeBuildpack({
    build: `
      layer cached cache; layer launched launch cache
      for name in cached launched; do echo built >> "$CNB_LAYERS_DIR/$name/count"; done
      layer secret launch; echo secret > "$CNB_LAYERS_DIR/secret/key"
      touch generated
      ${ending}`,
  });
}

const countOf = async ({ current }: LocalPlatform, layer: string) =>
  (await readFile(join(current, layer, "count"), "utf8")).trim().split("\n").length;

const layers = ["image/layers/test_one/launched", "cache/layers/test_one/cached"];

describe("a build that fails", () => {
  test.each([
    ["in bin/build", "exit 1"],
    ["over what bin/build left", `echo '[[' > "$CNB_LAYERS_DIR/launch.toml"`],
    ["while its layers are stored", "types missing launch"],
  ])("%s leaves the state unchanged, byte for byte", async (_, ending) => {
    const platform = await makePlatform();
    await platform.build([await countingBuildpack()]);
    const before = await treeDigest(platform.state);
    await failureOf(platform.build([await countingBuildpack(ending)]));
    expect(await treeDigest(platform.state)).toBe(before);
  });

  test("in detect leaves it unchanged too", async () => {
    const platform = await makePlatform();
    await platform.build([await countingBuildpack()]);
    const before = await treeDigest(platform.state);
    await failureOf(platform.build([await makeBuildpack({ detect: "exit 100" })]));
    expect(await treeDigest(platform.state)).toBe(before);
  });

  test("and is the first of its app leaves no build", async () => {
    const platform = await makePlatform();
    await failureOf(platform.build([await countingBuildpack("exit 1")]));
    expect(await readdir(platform.state)).toEqual([".lapidary-state", "builds"]);
    expect(await readdir(join(platform.state, "builds"))).toEqual([]);
  });

  test("because it was interrupted leaves the state unchanged", async () => {
    const platform = await makePlatform();
    await platform.build([await countingBuildpack()]);
    const before = await treeDigest(platform.state);
    const abort = new AbortController();
    const building = platform.build([await countingBuildpack("exec sleep 60")], {
      signal: abort.signal,
      onStep: (step) => {
        if (step === "layers restored") setTimeout(() => abort.abort(), 100);
      },
    });
    await expect(building).rejects.toThrow("aborted");
    expect(await treeDigest(platform.state)).toBe(before);
  });
});

describe("a build that is killed", () => {
  const before = ["app copied", "layers restored", "layers stored", "build staged"];
  test.each([...before.map((step) => [step, 1]), ["build current", 2]] as [string, number][])(
    "at `%s` leaves one whole build, and the next one works and clears up",
    async (step, builds) => {
      const platform = await makePlatform();
      const buildpack = await countingBuildpack();
      await platform.build([buildpack]);
      const previous = await treeDigest(join(platform.state, "builds/1"));
      expect(await buildAndDie(platform, buildpack, step)).toBe("SIGKILL");
      for (const layer of layers) expect(await countOf(platform, layer)).toBe(builds);
      if (builds === 1) expect(await treeDigest(`${platform.current}/`)).toBe(previous);
      expect(existsSync(join(platform.state, "lock"))).toBe(true);
      await platform.build([buildpack]);
      for (const layer of layers) expect(await countOf(platform, layer)).toBe(builds + 1);
      expect((await readdir(platform.state)).sort()).toEqual([
        ".lapidary-state",
        "builds",
        "current",
      ]);
      expect(await readdir(join(platform.state, "builds"))).toHaveLength(1);
    },
  );
});

async function buildAndDie(
  platform: LocalPlatform,
  buildpack: string,
  step: string,
): Promise<NodeJS.Signals | null> {
  const script = new URL("../../../support/builds/build-until.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, platform.root, buildpack, step], {
    stdio: "inherit",
  });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

describe("a build that succeeds", () => {
  test("replaces the previous build and removes it", async () => {
    const platform = await makePlatform();
    const buildpack = await countingBuildpack();
    await platform.build([buildpack]);
    await platform.build([buildpack]);
    expect(await readlink(platform.current)).toBe("builds/2");
    expect(await readdir(join(platform.state, "builds"))).toEqual(["2"]);
    expect((await readdir(platform.state)).sort()).toEqual([
      ".lapidary-state",
      "builds",
      "current",
    ]);
  });

  test("keeps the previous build while an app runs from it", async () => {
    const platform = await makePlatform();
    const buildpack = await countingBuildpack();
    await platform.build([buildpack]);
    const inUse = await openStoredBuild(platform.state);
    await platform.build([buildpack]);
    expect(existsSync(inUse?.build.layers ?? "")).toBe(true);
    await inUse?.release();
    await platform.build([buildpack]);
    expect(existsSync(inUse?.build.layers ?? "")).toBe(false);
  });

  test("is opened even if somebody just looks whether it is in use", async () => {
    const platform = await makePlatform();
    await platform.build([await countingBuildpack()]);
    await mkdir(join(platform.state, "in-use"));
    const build = basename(await readlink(join(platform.state, "current")));
    const unlock = await lockFile(join(platform.state, "in-use", `${build}-run`));
    const opening = openStoredBuild(platform.state, "run");
    await sleep(200);
    await unlock?.();
    const inUse = await opening;
    expect(await buildsInUse(platform.state)).toEqual([build]);
    await inUse?.release();
  });

  test("does not keep a build for an app that was killed", async () => {
    const platform = await makePlatform();
    const buildpack = await countingBuildpack();
    await platform.build([buildpack]);
    await mkdir(join(platform.state, "in-use"));
    await writeFile(join(platform.state, "in-use", `1-${process.pid}`), "another process");
    await platform.build([buildpack]);
    expect(await readdir(join(platform.state, "builds"))).toEqual(["2"]);
    expect(await readdir(join(platform.state, "in-use"))).toEqual([]);
  });

  test("removes read-only directories that buildpacks left", async () => {
    const platform = await makePlatform();
    const build = `layer l launch; mkdir "$CNB_LAYERS_DIR/l/shut"; touch "$CNB_LAYERS_DIR/l/shut/x"; chmod -R a-w "$CNB_LAYERS_DIR/l"`;
    const buildpack = await makeBuildpack({ build });
    await platform.build([buildpack]);
    await platform.build([buildpack]);
    expect(await readdir(join(platform.state, "builds"))).toEqual(["2"]);
  });
});

describe("a second build of the same app", () => {
  test("fails while the first is running, and names its process", async () => {
    const state = await makeTree();
    const first = await openState(state);
    const failure = await failureOf(openState(state));
    expect(failure).toEqual({
      code: "platform/state-locked",
      path: join(state, "lock"),
      pid: process.pid,
    });
    await first.close();
    await (await openState(state)).close();
  });

  test("copies no app", async () => {
    const platform = await makePlatform();
    const first = await openState(platform.state);
    let copied = false;
    const copyApp = async () => {
      copied = true;
    };
    await failureOf(platform.build([await makeBuildpack()], { copyApp }));
    expect(copied).toBe(false);
    await first.close();
  });
});
