import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { describeSlug, slugCommand, type SlugFlags } from "../../src/cli/slug.ts";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { readGivenVariables } from "../../src/platform/inputs/given-variables.ts";
import { systemClock } from "../../src/system/clock.ts";
import { buildByLine } from "../support/build-line.ts";
import { makeClassicBuildpack } from "../support/buildpacks/classic-buildpack.ts";
import { compileApp } from "../support/compile-app.ts";
import { failureOf } from "../support/failure.ts";
import { knownFailureOf } from "../support/known-failure.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { makeTree, modeOf } from "../support/tree.ts";

const long = "x".repeat(256);

async function prepare() {
  const root = await makeTree({ "app/Gemfile": "", file: "mine", "directory/file": "mine" });
  await symlink("loop", join(root, "loop"));
  const buildpack = await makeBuildpack();
  const build = async (...args: string[]) =>
    await buildByLine(root, ...args, "--buildpack", buildpack);
  return { root, build };
}

describe("a command line that names something unusable gets a message, and changes nothing", () => {
  test.for<[string, string[]]>([
    ["no app", ["build", ""]],
    ["an app that is not there", ["build", "nowhere"]],
    ["an app that is a file", ["build", "file"]],
    ["an app that is a loop of links", ["build", "loop"]],
    ["an app whose name is too long", ["build", long]],
    ["a state that is a file", ["build", "app", "--state", "file"]],
    ["a state below a file", ["build", "app", "--state", "file/state"]],
    ["a state that is a loop of links", ["build", "app", "--state", "loop"]],
    ["a state whose name is too long", ["build", "app", "--state", long]],
    ["a state in /proc", ["build", "app", "--state", "/proc/lapidary"]],
    ["a state in the app", ["build", "app", "--state", "app/state"]],
    ["a state that is the app", ["build", "app", "--state", "app"]],
    ["a state deep in the app", ["build", "app", "--state", "app/a/b/c"]],
    ["a gem store that is a file", ["build", "app", "--gem-store", "file"]],
    ["a gem store below a file", ["build", "app", "--gem-store", "file/store"]],
    ["a gem store that is a loop of links", ["build", "app", "--gem-store", "loop"]],
    ["a gem store whose name is too long", ["build", "app", "--gem-store", long]],
    ["a gem store in /proc", ["build", "app", "--gem-store", "/proc/lapidary"]],
    ["a gem store in the app", ["build", "app", "--gem-store", "app/store"]],
    ["a report that is a directory", ["build", "app", "--report", "directory"]],
    ["a report below a file", ["build", "app", "--report", "file/report"]],
    ["a report that is a loop of links", ["build", "app", "--report", "loop"]],
    ["a report whose name is too long", ["build", "app", "--report", long]],
    ["a report in /proc", ["build", "app", "--report", "/proc/self/attr/lapidary"]],
    ["an image without a kind", ["build", "app", "--image", "directory"]],
    ["an image of an unknown kind", ["build", "app", "--image", "tar:file"]],
    ["an image without a place", ["build", "app", "--image", "oci:"]],
    ["an image on nothing", ["build", "app", "--image", "oci:image"]],
    ["a run image that is a file", ["build", "app", "--image", "oci:x", "--run-image", "oci:file"]],
    [
      "a run image that is an empty directory",
      ["build", "app", "--image", "oci:x", "--run-image", "oci:directory"],
    ],
    [
      "a run image that is no archive",
      ["build", "app", "--image", "oci:x", "--run-image", "docker-archive:file"],
    ],
    [
      "a run image that is a loop of links",
      ["build", "app", "--image", "oci:x", "--run-image", "docker-archive:loop"],
    ],
    ["a lifecycle without an image", ["build", "app", "--lifecycle", "file"]],
    [
      "a lifecycle that is a directory",
      [
        "build",
        "app",
        "--image",
        "oci:x",
        "--run-image",
        "oci:directory",
        "--lifecycle",
        "directory",
      ],
    ],
    ["a root that is not there", ["build", "app", "--build-root", "nowhere"]],
    ["a root that is a file", ["build", "app", "--build-root", "file"]],
    ["a binding that is not there", ["build", "app", "--binding", "nowhere"]],
    ["a binding without a type", ["build", "app", "--binding", "directory"]],
    ["a binding with an empty name", ["build", "app", "--binding", "=directory"]],
    ["a binding whose name is too long", ["build", "app", "--binding", `${long}=directory`]],
    ["a volume without a place", ["build", "app", "--volume", "directory"]],
    ["a volume over the layers", ["build", "app", "--volume", "directory:/layers/x"]],
    [
      "a volume over the layers by another name",
      ["build", "app", "--volume", "directory:/x/../layers"],
    ],
    ["a volume over everything", ["build", "app", "--volume", "directory:/"]],
    ["a volume of an unknown mode", ["build", "app", "--volume", "directory:/x:rwx"]],
    ["a volume that is not there", ["build", "app", "--volume", "nowhere:/x"]],
    ["a variable file that is a directory", ["build", "app", "--env-file", "/"]],
    ["a variable file that is not there", ["build", "app", "--env-file", "/nowhere"]],
    ["a variable with an empty name", ["build", "app", "--env", "=x"]],
    ["a variable that is a path", ["build", "app", "--env", "../../x=1"]],
    ["a variable that is an absolute path", ["build", "app", "--env", "/x=1"]],
    ["a variable called `..`", ["build", "app", "--env", "..=1"]],
    ["a variable whose name is too long", ["build", "app", "--env", `${long}=1`]],
    ["a user that is a name", ["build", "app", "--uid", "root"]],
    ["a user that is negative", ["build", "app", "--uid=-1"]],
    ["a user that is too large", ["build", "app", "--uid", "99999999999"]],
    ["a Platform API that is a word", ["build", "app", "--platform-api", "new"]],
    ["a Platform API that is too old", ["build", "app", "--platform-api", "0.1"]],
    ["a Platform API with a line end", ["build", "app", "--platform-api", "0.12\n"]],
    ["an execution environment that is a path", ["build", "app", "--exec-env", "../test"]],
    ["an execution environment with a line end", ["build", "app", "--exec-env", "test\n"]],
    ["a descriptor that is not there", ["build", "app", "--descriptor", "nowhere"]],
    ["a descriptor that is a directory", ["build", "app", "--descriptor", "directory"]],
    ["a descriptor that is a loop of links", ["build", "app", "--descriptor", "loop"]],
    ["a descriptor that is no TOML", ["build", "app", "--descriptor", "file"]],
    ["SBOMs in a directory with files", ["build", "app", "--sbom-output-dir", "directory"]],
    ["SBOMs in a file", ["build", "app", "--sbom-output-dir", "file"]],
    ["SBOMs below a file", ["build", "app", "--sbom-output-dir", "file/sboms"]],
    ["SBOMs in a loop of links", ["build", "app", "--sbom-output-dir", "loop"]],
    ["SBOMs in the app", ["build", "app", "--sbom-output-dir", "app/sboms"]],
    ["SBOMs in /proc", ["build", "app", "--sbom-output-dir", "/proc/lapidary"]],
    ["a workspace in the layers", ["build", "app", "--workspace", "layers"]],
    ["a workspace over programs", ["build", "app", "--workspace", "usr"]],
    ["a workspace that is a path", ["build", "app", "--workspace", "../etc"]],
    ["a workspace that is an absolute path", ["build", "app", "--workspace", "/srv/app"]],
    ["a workspace called `..`", ["build", "app", "--workspace", ".."]],
    ["a workspace with a line end", ["build", "app", "--workspace", "app\n"]],
    ["a workspace without a name", ["build", "app", "--workspace", ""]],
    ["a workspace whose name is too long", ["build", "app", "--workspace", long]],
    ["a second app", ["build", "app", "directory"]],
    ["an unknown option", ["build", "app", "--unknown"]],
    ["an option without its value", ["build", "app", "--state"]],
    ["a value for a flag", ["build", "app", "--verbose=x"]],
  ])("%s", async ([, [, ...args]]) => {
    const { root, build } = await prepare();
    const before = await treeDigest(join(root, "app"));
    const failure = await knownFailureOf((async () => await build(...args))());
    expect(failure.code).toMatch(/^(platform|system|image)\//);
    expect(await treeDigest(join(root, "app"))).toBe(before);
    expect(await readdir(join(root, "directory"))).toEqual(["file"]);
  });

  test("a temporary directory that is missing", async () => {
    const root = await makeTree({ "app/Gemfile": "", "binding/type": "x" });
    vi.stubEnv("TMPDIR", join(root, "nowhere"));
    try {
      const work = buildByLine(root, "app", "--state", "state", "--binding", "a=binding");
      const failure = await knownFailureOf(work);
      expect(failure).toMatchObject({
        code: "system/file-unusable",
        problem: "no such file or directory",
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("a lock that is a directory", async () => {
    const { root, build } = await prepare();
    const state = join(root, "state");
    await mkdir(state);
    await writeFile(join(state, ".lapidary-state"), "");
    await mkdir(join(state, "lock"));
    expect(await knownFailureOf(build("app", "--state", state))).toEqual({
      code: "system/file-unusable",
      path: join(state, "lock"),
      problem: "it is not a regular file",
    });
  });
});

describe("variables are refused whose names are not the names of files", () => {
  test.for(["a/b", "/", ".", "..", "../x", long, `a${"/".repeat(3)}b`, "é/x", "x".repeat(300)])(
    "%s",
    async (name) => {
      const given = { env: [`${name}=1`], envFiles: [] };
      expect(await failureOf(readGivenVariables(given, {}))).toMatchObject({
        code: "platform/usage",
      });
    },
  );

  test("also where a file gives them", async () => {
    const root = await makeTree({ vars: "A=1\n../../x=1\n" });
    const given = { env: [], envFiles: [join(root, "vars")] };
    expect(await failureOf(readGivenVariables(given, {}))).toEqual({
      code: "platform/usage",
      problem: "`../../x` cannot be the name of a variable",
    });
  });
});

async function slug(root: string, umask: number, ...args: string[]): Promise<void> {
  const ownBuildpack = await makeClassicBuildpack();
  const work = async (source: string, flags: SlugFlags) => {
    await slugCommand(source, flags, {
      env: { HOME: root, PATH: "/usr/bin:/bin" },
      cwd: root,
      ownBuildpack,
      printer: createPrinter({
        write: () => {},
        style: createStyle(false),
        clock: systemClock,
        debug: false,
      }),
      clock: systemClock,
      signal: new AbortController().signal,
      umask,
    });
  };
  await describeSlug()
    .action(work)
    .parseAsync([join(root, "app"), ...args], { from: "user" });
}

test("a slug's cache, which holds secrets, is not made inside the app", async () => {
  const root = await makeTree({ "app/index.html": "" });
  expect(await failureOf(slug(root, 0o022, "--cache", join(root, "app/.cache")))).toMatchObject({
    code: "platform/usage",
    problem: expect.stringContaining("The cache would be inside the app"),
  });
  expect(await readdir(join(root, "app"))).toEqual(["index.html"]);
});

test("a slug, which may hold secrets, has the permissions that the user's umask gives", async () => {
  for (const [umask, mode] of [
    [0o077, 0o600],
    [0o027, 0o640],
    [0o022, 0o644],
  ] as const) {
    const { root } = await prepare();
    await slug(root, umask);
    expect(await modeOf(join(root, "slug.tgz"))).toBe(mode);
  }
});

describe("a slug that cannot be made gets a message, and changes nothing", () => {
  test.for<[string, string[]]>([
    ["an output that is a directory", ["--output", "directory"]],
    ["an output that is a loop of links", ["--output", "loop"]],
    ["an output below a file", ["--output", "file/slug.tgz"]],
    ["a cache that is a file", ["--cache", "file"]],
    ["a cache below a file", ["--cache", "file/cache"]],
    ["a buildpack that is a file", ["--buildpack", "file"]],
    ["a buildpack that is not there", ["--buildpack", "nowhere"]],
    ["a variable that is a path", ["--env", "../../x=1"]],
    ["a variable that is a path to the repository", ["--env", "../app/x=1"]],
  ])("%s", async ([, args]) => {
    const { root } = await prepare();
    const before = await treeDigest(join(root, "directory"));
    const failure = await knownFailureOf(slug(root, 0o022, ...args));
    expect(failure.code).toMatch(/^(platform|system|classic)\//);
    expect(await treeDigest(join(root, "directory"))).toBe(before);
    expect(await readdir(join(root, "app"))).toEqual(["Gemfile"]);
  });
});

describe("wrong arguments of bin/compile get a message", () => {
  test.for(["missing", "file", "loop"])("an app that is a %s", async (kind) => {
    const root = await makeTree(kind === "file" ? { app: "" } : {});
    if (kind === "loop") await symlink("app", join(root, "app"));
    const failure = await knownFailureOf(compileApp(root, await makeBuildpack()));
    expect(failure.code).toBe("system/file-unusable");
  });

  test("a cache that is a file", async () => {
    const root = await makeTree({ "app/Gemfile": "", "cache/lapidary": "" });
    const failure = await knownFailureOf(compileApp(root, await makeBuildpack()));
    expect(failure.code).toMatch(/^system\//);
  });

  test("a cache that cannot be written", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may write everywhere");
    const root = await makeTree({ "app/Gemfile": "", "cache/": "" });
    await chmod(join(root, "cache"), 0o500);
    const failure = await knownFailureOf(compileApp(root, await makeBuildpack()));
    expect(failure.code).toBe("system/not-writable");
  });
});
