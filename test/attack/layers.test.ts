import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { openDirectSandbox } from "../support/direct-sandbox.ts";
import { failureOf } from "../support/failure.ts";
import { type LocalPlatform, makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack, type TinyBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree, readTree } from "../support/tree.ts";
import { treeDigest } from "../support/tree-digest.ts";

const secret = "key = 's3cret'";
const about = `sbom-formats = ["application/vnd.cyclonedx+json"]`;

/** Something of the user's that no build may touch, and a place whose builds are the attacker's. */
async function prepare() {
  const victim = await makeTree({
    "secret.toml": secret,
    "launch/file": secret,
    "cache/file": secret,
    "test_one/x/file": secret,
  });
  return { victim, before: await treeDigest(victim), platform: await makePlatform() };
}

async function buildWith(platform: LocalPlatform, ...buildpacks: TinyBuildpack[]) {
  return await platform.build(await Promise.all(buildpacks.map(makeBuildpack)));
}

function expectRefused(failure: Failure, path: string): void {
  expect(failure).toEqual({
    code: "platform/build-output-invalid",
    buildpack: "test/one@1.0.0",
    path,
    problem: "it is a symbolic link, which is not followed",
  });
}

async function expectNothingStolen(state: string): Promise<void> {
  expect(Object.values(await readTree(state)).join("\n")).not.toContain("s3cret");
}

describe("a link that a build leaves where we read is an error that names it, and leads nowhere", () => {
  test.for<[string, string, string]>([
    ["an SBOM of a layer", "a.sbom.cdx.json", "layer a launch cache"],
    ["an SBOM of the image", "launch.sbom.cdx.json", ""],
    ["launch.toml", "launch.toml", ""],
    ["store.toml", "store.toml", ""],
    ["build.toml", "build.toml", ""],
    ["the metadata of a layer", "a.toml", ""],
    ["an env file", "a/env/X", "layer a launch"],
    ["an env file for builds", "a/env.build/X.append", "layer a build"],
    ["an env file of a process", "a/env.launch/web/X", "layer a launch"],
    ["a delimiter", "a/env/X.delim", `layer a launch; mkdir "$L/a/env"; touch "$L/a/env/X.append"`],
  ])("%s", async ([, path, before]) => {
    const { victim, platform } = await prepare();
    const make = `${before}; mkdir -p "$(dirname "$L/${path}")"; ln -s '${victim}/secret.toml' "$L/${path}"`;
    const build = `L=$CNB_LAYERS_DIR; ${make.replace(/^; /, "")}`;
    expectRefused(await failureOf(buildWith(platform, { about, build })), path);
    expect(platform.log()).not.toContain("s3cret");
    await expectNothingStolen(platform.state);
  });

  test.for<[string, string]>([
    ["climbs out", "../../../../../../../../../..$V"],
    ["climbs out behind a directory", "a/../../../../../../../../../../..$V"],
    ["climbs out behind another link", "up/../../../../../../../../../..$V"],
    ["leads to one that leads out", "out"],
    ["leads in a circle", "a.toml"],
  ])("also one that %s", async ([, target]) => {
    const { victim, platform } = await prepare();
    const build = `cd "$CNB_LAYERS_DIR"; V='${victim}'; mkdir -p a deep/er; ln -s deep/er up
      ln -s "$V/secret.toml" out; ln -s "${target.replace("$V", "$V/secret.toml")}" a.toml`;
    const failure = await failureOf(buildWith(platform, { about, build }));
    expect(failure).toMatchObject({ code: "platform/build-output-invalid" });
    expect(JSON.stringify(failure)).toContain("it is a symbolic link, which is not followed");
    await expectNothingStolen(platform.state);
  });

  test.for<[string, string, string]>([
    ["a launch layer", "a", "types a launch"],
    ["a cached layer", "a", "types a cache"],
    ["a layer for the build", "a", "types a build"],
    ["a layer without a type", "a", "types a"],
    ["an env directory", "a/env", "layer a launch"],
    ["an env directory of processes", "a/env.launch", "layer a launch"],
    ["exec.d", "a/exec.d", "layer a launch"],
    ["profile.d", "a/profile.d", "layer a launch"],
    ["the directory of the buildpack", "", `rm -rf "$CNB_LAYERS_DIR"`],
  ])("%s", async ([, path, before]) => {
    const { victim, before: digest, platform } = await prepare();
    const build = `L=$CNB_LAYERS_DIR; ${before}; ln -s '${victim}' "$L${path && `/${path}`}"`;
    expectRefused(await failureOf(buildWith(platform, { about, build })), path);
    expect(await treeDigest(victim)).toBe(digest);
    await expectNothingStolen(platform.state);
  });
});

test("what a build leaves in the place of all SBOMs is neither moved nor written through", async () => {
  const { victim, before, platform } = await prepare();
  const build = `layer a launch cache; echo '{}' > "$CNB_LAYERS_DIR/a.sbom.cdx.json"
    ln -s '${victim}' "$CNB_LAYERS_DIR/../sbom"`;
  await buildWith(platform, { about, build });
  expect(await treeDigest(victim)).toBe(before);
  await expectNothingStolen(platform.state);
  const sboms = { "test_one/a/sbom.cdx.json": "{}\n" };
  expect(await readTree(join(platform.current, "image/layers/sbom/launch"))).toEqual({
    ...sboms,
    "sbom.legacy.json": "null\n",
  });
  expect(await readTree(join(platform.current, "cache/sbom"))).toEqual(sboms);
});

test.for<[string, string]>([
  ["its directory", `ln -s '$victim' "$config"`],
  ["its file", `mkdir "$config"; ln -s '$victim/secret.toml' "$config/metadata.toml"`],
  ["a directory in place of its file", `mkdir -p "$config/metadata.toml/x"`],
  ["a file in place of its directory", `touch "$config"`],
  ["a link beside its file", `mkdir "$config"; ln -s '$victim/secret.toml' "$config/extra"`],
])(
  "what a build leaves in the place of the launcher's configuration counts for nothing: %s",
  async ([, make]) => {
    const { victim, before, platform } = await prepare();
    const build = `config="$CNB_LAYERS_DIR/../config"; ${make.replaceAll("$victim", victim)}`;
    await buildWith(platform, { about, build });
    expect(await treeDigest(victim)).toBe(before);
    await expectNothingStolen(platform.state);
    const config = join(platform.current, "image/layers/config");
    expect((await lstat(config)).isDirectory()).toBe(true);
    expect((await lstat(join(config, "metadata.toml"))).isFile()).toBe(true);
    expect(await readTree(config)).toMatchObject({
      "metadata.toml": expect.stringContaining("test/one") as string,
    });
  },
);

test("a layer that another buildpack exchanged for a link later is refused, too", async () => {
  const { victim, before, platform } = await prepare();
  const two = `rm -rf "$CNB_LAYERS_DIR/../test_one/a"; ln -s '${victim}' "$CNB_LAYERS_DIR/../test_one/a"`;
  const buildpacks = [{ build: "layer a launch" }, { id: "test/two", build: two }];
  expect(await failureOf(buildWith(platform, ...buildpacks))).toMatchObject({
    code: "system/link-not-followed",
    path: expect.stringMatching(/layers\/test_one\/a$/) as string,
  });
  expect(await treeDigest(victim)).toBe(before);
  await expectNothingStolen(platform.state);
});

test("a link in the place of the next buildpack's directory gives nothing away to its builder", async () => {
  const { victim, platform } = await prepare();
  const owner = (await lstat(victim)).uid;
  const one = { build: `ln -s '${victim}' "$CNB_LAYERS_DIR/../test_two"` };
  const two = { id: "test/two", build: `echo mine > "$CNB_LAYERS_DIR/file"` };
  const buildpacks = await Promise.all([one, two].map(makeBuildpack));
  // As root builds for another user, to whom the directory is given; others give nothing away.
  const ids = process.getuid?.() === 0 ? { ids: { uid: 12_345, gid: 12_345 } } : {};
  const work = platform.build(buildpacks, {
    openSandbox: async (request) => ({ ...(await openDirectSandbox(request)), ...ids }),
  });
  expect(await failureOf(work)).toMatchObject({
    code: "system/link-not-followed",
    path: expect.stringMatching(/layers\/test_two$/) as string,
  });
  expect((await lstat(victim)).uid).toBe(owner);
  expect(await readTree(victim)).not.toHaveProperty("file");
});

describe("what `bin/detect` leaves is gone before anything is written", () => {
  test.for([
    ["in the place of the buildpack's directory", `ln -s "$victim" "$layers/test_one"`],
    [
      "in the place of the metadata that is restored",
      `mkdir "$layers/test_one"; ln -s "$victim/secret.toml" "$layers/test_one/a.toml"`,
    ],
    [
      "in the place of the layer that is restored",
      `mkdir "$layers/test_one"; ln -s "$victim" "$layers/test_one/a"`,
    ],
  ] as const)("%s", async ([, detect]) => {
    const { victim, before, platform } = await prepare();
    const build = `layer a cache; echo x > "$CNB_LAYERS_DIR/a/restored"`;
    await buildWith(platform, { build });
    const lines = `victim='${victim}'; layers=$(dirname "$CNB_BUILD_PLAN_PATH")/..; ${detect}`;
    await buildWith(platform, { build, detect: lines });
    expect(await treeDigest(victim)).toBe(before);
  });
});

test("a build plan that is a link is an error that names it, and is not read", async () => {
  const { victim, platform } = await prepare();
  const detect = `ln -sf '${victim}/secret.toml' "$CNB_BUILD_PLAN_PATH"`;
  expect(await failureOf(buildWith(platform, { detect }))).toMatchObject({
    code: "system/link-not-followed",
    path: expect.stringMatching(/test_one@1\.0\.0\.toml$/) as string,
  });
  expect(platform.log()).not.toContain("s3cret");
});

test.for<[string, string]>([
  ["..", "...toml"],
  [".", "..toml"],
  ["", ".toml"],
])("a layer called `%s` is refused, and nothing above it is moved", async ([name, file]) => {
  const { platform } = await prepare();
  const build = `printf '[types]\\nlaunch = true\\n' > "$CNB_LAYERS_DIR/${file}"`;
  expect(await failureOf(buildWith(platform, { build }))).toMatchObject({
    code: "platform/build-output-invalid",
    path: file,
    problem: `\`${name}\` cannot be the name of a layer`,
  });
});

test("links within a layer stay as they are, `bin` among them", async () => {
  const { platform } = await prepare();
  const build = `layer a launch build; mkdir "$CNB_LAYERS_DIR/a/real"
    ln -s real "$CNB_LAYERS_DIR/a/bin"; ln -s /etc/hostname "$CNB_LAYERS_DIR/a/link"`;
  const two = { id: "test/two", build: `case $PATH in */test_one/a/bin:*) ;; *) exit 1 ;; esac` };
  await buildWith(platform, { build }, two);
  const link = await lstat(join(platform.current, "image/layers/test_one/a/link"));
  expect(link.isSymbolicLink()).toBe(true);
});
