import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { detect } from "../../../src/buildpack/detect.ts";
import { makeTree } from "../../support/tree.ts";

const lockfile = "GEM\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n";

describe("Application Contract: Detect", () => {
  test("accepts an app with a Gemfile.lock", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": lockfile });
    expect(await detect(app)).toMatchObject({ pass: true, plan: { provides: [{ name: "ruby" }] } });
  });

  test("accepts a Gemfile without a lockfile, and the build then explains how to create it", async () => {
    const app = await makeTree({ Gemfile: "" });
    expect(await detect(app)).toMatchObject({ pass: true });
  });

  test("requires Node if there is a package.json", async () => {
    expect(await buildpacksFor({ "package.json": "{}" })).toEqual(["heroku/nodejs-engine"]);
  });

  test("requires Yarn if there is a yarn.lock", async () => {
    expect(await buildpacksFor({ "yarn.lock": "" })).toEqual(["heroku/nodejs-yarn"]);
  });

  test("requires Java if the lockfile names JRuby", async () => {
    const locked = `${lockfile}\nRUBY VERSION\n   ruby 3.1.7p0 (jruby 9.4.15.0)\n`;
    expect(await buildpacksFor({ "Gemfile.lock": locked })).toEqual(["heroku/jvm"]);
  });

  test.each([".ruby-version", ".tool-versions"])(
    "requires Java if %s names JRuby",
    async (file) => {
      const text = file === ".ruby-version" ? "jruby-9.4.15.0\n" : "ruby jruby-9.4.15.0\n";
      expect(await buildpacksFor({ [file]: text })).toEqual(["heroku/jvm"]);
    },
  );

  test("does not require Java if the lockfile names MRI", async () => {
    const files = {
      "Gemfile.lock": `${lockfile}\nRUBY VERSION\n   ruby 3.3.8\n`,
      ".ruby-version": "jruby-9.4.15.0",
    };
    expect(await buildpacksFor(files)).toEqual([]);
  });
});

describe("Node at launch", () => {
  const execjs =
    "GEM\n  specs:\n    execjs (2.10.2)\n    terser (1.2.0)\n      execjs (>= 0.3.0)\n";

  test("is required if gems run JavaScript, even without a package.json", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": execjs });
    expect(await launched(app)).toEqual(["node"]);
  });

  test("is required, with packages, if BP_NODE_MODULES keeps some", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": lockfile, "package.json": "{}" });
    for (const wish of ["prune", " keep\n"]) {
      expect(await launched(app, { BP_NODE_MODULES: wish })).toEqual(["node", "node_modules"]);
    }
    for (const wish of ["remove", "", "nonsense"]) {
      expect(await launched(app, { BP_NODE_MODULES: wish })).toEqual([]);
    }
    expect(await launched(app)).toEqual([]);
  });

  /** What is required at launch by any alternative, besides Ruby. */
  async function launched(app: string, userEnv?: Record<string, string>): Promise<string[]> {
    const detection = await detect(app, userEnv);
    if (!detection.pass) throw new Error(detection.because);
    const requires = [detection.plan, ...detection.plan.or].flatMap((one) => one.requires);
    const wanted = requires.filter(({ metadata }) => metadata?.["launch"] === true);
    return [...new Set(wanted.map(({ name }) => name))].filter((name) => name !== "ruby").sort();
  }
});

describe("an app that this buildpack does not build", () => {
  test("has neither a Gemfile nor a lockfile", async () => {
    expect(await detect(await makeTree({ "index.js": "" }))).toEqual({
      pass: false,
      because: "there is no `Gemfile.lock` and no `Gemfile` in the root of the app",
    });
  });

  test("has them in another directory than its root", async () => {
    expect(await detect(await makeTree({ "api/Gemfile": "" }))).toMatchObject({ pass: false });
  });

  test("does not exist", async () => {
    const app = await makeTree();
    expect(await detect(join(app, "gone"))).toMatchObject({ pass: false });
  });

  test("has a directory of that name", async () => {
    expect(await detect(await makeTree({ "Gemfile.lock/": "" }))).toEqual({
      pass: false,
      because: "`Gemfile.lock` is not a file",
    });
  });

  test("has a broken link with that name", async () => {
    const app = await makeTree();
    await symlink("gone", join(app, "Gemfile"));
    expect(await detect(app)).toEqual({
      pass: false,
      because: "`Gemfile` is a broken link",
    });
  });
});

describe("unusual input", () => {
  test.each([
    ["empty", ""],
    ["binary", "\0\u0001\u0002ELF"],
    ["not UTF-8", Buffer.from([0xff, 0xfe, 0x47]).toString("latin1")],
    ["in conflict", "<<<<<<< HEAD\n=======\n>>>>>>> main\n"],
    ["malformed", "GEM\n    rack (not a version)\n"],
  ])("is not an error: the lockfile is %s", async (_, text) => {
    expect(await detect(await makeTree({ "Gemfile.lock": text }))).toMatchObject({ pass: true });
  });

  test("is not an error: every other file is a directory", async () => {
    const app = await makeTree({ Gemfile: "", "package.json/": "", "yarn.lock/": "" });
    await mkdir(join(app, "Gemfile.lock"));
    expect(await detect(app)).toMatchObject({ pass: true, plan: { or: [] } });
  });

  test("does not wait for data from a pipe", async () => {
    const app = await makeTree({ Gemfile: "" });
    await promisify(execFile)("mkfifo", [join(app, "Gemfile.lock"), join(app, ".ruby-version")]);
    expect(await detect(app)).toMatchObject({ pass: true });
  });
});

/** The buildpacks that the first alternative names. */
async function buildpacksFor(files: Record<string, string>): Promise<unknown[]> {
  const app = await makeTree({ Gemfile: "", "Gemfile.lock": lockfile, ...files });
  const detection = await detect(app);
  if (!detection.pass) throw new Error(detection.because);
  const [, ...others] = detection.plan.requires;
  return others.map(({ metadata }) => metadata?.["buildpack"]);
}
