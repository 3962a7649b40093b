import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkJavaScript } from "../../../../src/buildpack/javascript/check-javascript.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const node = "/layers/paketo-buildpacks_node-engine/node/bin/node";

describe("an app whose assets are bundled with Node", () => {
  test.each([
    ["jsbundling-rails", "SKIP_JS_BUILD=1"],
    ["cssbundling-rails", "SKIP_CSS_BUILD=1"],
    ["vite_ruby", "VITE_RUBY_SKIP_ASSETS_PRECOMPILE_EXTENSION=true"],
    ["shakapacker", "SHAKAPACKER_PRECOMPILE=false"],
    ["webpacker", "WEBPACKER_PRECOMPILE=false"],
  ])("by %s is refused where there is no Node, and told about %s", async (gem, skippedBy) => {
    expect(await failureOf(check({ gems: [gem] }))).toEqual({
      code: "node/missing",
      gems: [gem],
      packageJson: true,
      manager: "npm",
      skippedBy: [skippedBy],
    });
  });

  test("is told when it has no package.json either", async () => {
    const work = check({ gems: ["jsbundling-rails"], without: ["package.json"] });
    expect(await failureOf(work)).toMatchObject({ code: "node/missing", packageJson: false });
  });

  test.each([[[node]], [["/layers/x/bun/bin/bun"]]])(
    "is taken where %j is on PATH",
    async (programs) => {
      await expect(check({ gems: ["vite_ruby"], programs })).resolves.toBeDefined();
    },
  );

  test.each<[string, Story]>([
    ["the user skips assets", { userEnv: { BP_RAILS_SKIP_ASSETS: "true" } }],
    ["the user skips the bundling", { userEnv: { SKIP_JS_BUILD: "1" } }],
    ["it brings a manifest", { files: { "public/assets/.manifest.json": "{}" } }],
    ["it has no Rakefile", { without: ["Rakefile"] }],
  ])("is taken without Node where %s", async (_, story) => {
    await expect(check({ gems: ["jsbundling-rails"], ...story })).resolves.toBeDefined();
  });

  test("is refused where its yarn.lock has jsbundling-rails run a yarn that is not there", async () => {
    const story = { gems: ["jsbundling-rails"], files: { "yarn.lock": "" }, programs: [node] };
    expect(await failureOf(check(story))).toEqual({
      code: "node/package-manager-missing",
      manager: "yarn",
      chosenBy: "yarn.lock",
      gem: "jsbundling-rails",
      skippedBy: "SKIP_JS_BUILD=1",
    });
    const withYarn = { ...story, programs: [node, "/layers/paketo-buildpacks_yarn/yarn/bin/yarn"] };
    await expect(check(withYarn)).resolves.toBeDefined();
    const ownYarn = { ...story, files: { ...story.files, "bin/yarn": "#!/bin/sh\n" } };
    await expect(check(ownYarn)).resolves.toBeDefined();
  });

  test("is warned where another gem may run a package manager that is not there", async () => {
    const files = { "pnpm-lock.yaml": "" };
    const { log } = await check({ gems: ["vite_ruby"], files, programs: [node] });
    expect(log).toContain(
      "! The app has a pnpm-lock.yaml, but `pnpm` is not on the build's PATH: where vite_ruby runs it, precompiling assets fails.",
    );
  });
});

describe("gems that run JavaScript when the app runs", () => {
  test("are warned of where nothing can run it", async () => {
    const { log } = await check({ gems: ["execjs", "uglifier"] });
    expect(log).toContain("! The lockfile has execjs, which run JavaScript through ExecJS");
  });

  test.each<[string, Story]>([
    ["Node is there", { programs: [node] }],
    ["the user chose a runtime", { userEnv: { EXECJS_RUNTIME: "Disabled" } }],
    ["a gem brings a runtime", { gems: ["execjs", "mini_racer"] }],
  ])("are not where %s", async (_, story) => {
    expect((await check({ gems: ["execjs"], ...story })).log).toBe("");
  });
});

describe("a package.json without a Node buildpack", () => {
  test("is warned of, with the names of such buildpacks", async () => {
    const { log } = await check({ provider: "none" });
    expect(log).toContain("no buildpack of this build provides Node");
    expect(log).toContain("heroku/nodejs, or paketo-buildpacks/node-engine");
  });

  test.each(["heroku/nodejs", "node-and-modules", "node", "not-needed"])(
    "is not where Node comes from %s",
    async (provider) => {
      expect((await check({ provider })).log).toBe("");
    },
  );

  test("is not where the build image has Node", async () => {
    expect((await check({ provider: "none", programs: ["/usr/bin/node"] })).log).toBe("");
  });
});

describe("WEB_CONCURRENCY that a Node buildpack sets", () => {
  test.each([
    ["heroku_nodejs", "heroku/nodejs"],
    ["heroku_nodejs-engine", "heroku/nodejs-engine"],
  ])("is warned of where Puma and Node of %s are there", async (directory, buildpack) => {
    const programs = [`/layers/${directory}/dist/bin/node`];
    const { log } = await check({ gems: ["puma"], programs });
    expect(log).toContain(`! ${buildpack} sets WEB_CONCURRENCY when the app starts`);
    expect((await check({ gems: ["unicorn"], programs })).log).toBe("");
  });

  test("is nothing to warn of with Node of others", async () => {
    expect((await check({ gems: ["puma"], programs: [node] })).log).toBe("");
    expect((await check({ gems: ["puma"], programs: ["/usr/bin/node"] })).log).toBe("");
  });
});

describe("packages", () => {
  test.each([
    ["heroku/nodejs", true],
    ["node-and-modules", true],
    ["node", false],
    ["none", false],
  ])("that are there with Node from %s count as installed: %s", async (provider, installed) => {
    const files = { "node_modules/ms/index.js": "", "yarn.lock": "" };
    const { javaScript } = await check({ provider, files });
    expect(javaScript).toMatchObject({ manager: { name: "yarn" }, installed });
  });

  test("that are not there are not installed, whoever was to do it", async () => {
    const { javaScript } = await check({ provider: "node-and-modules" });
    expect(javaScript.installed).toBe(false);
  });
});

interface Story {
  gems?: readonly string[];
  files?: Record<string, string>;
  /** Files of the usual app that this one lacks. */
  without?: readonly string[];
  /** Programs on the PATH. */
  programs?: readonly string[];
  userEnv?: Record<string, string>;
  provider?: string;
}

describe("the packages of a project in a directory of the app", () => {
  const project = { "server/Gemfile": "", "server/Gemfile.lock": "" };

  test.each([
    [{ "server/package.json": "{}", "server/node_modules/": "" }, "server"],
    [{ "node_modules/": "" }, ""],
  ])("with %j are looked for in '%s'", async (files, expected) => {
    const { appDir, javaScript } = await check({
      files: { ...project, ...files },
      userEnv: { BP_RUBY_PROJECT_PATH: "server" },
      provider: "heroku/nodejs",
      programs: [node],
    });
    expect(javaScript).toMatchObject({ dir: join(appDir, expected), installed: true });
  });
});

/** Checks a Rails app, with the root of the build's file system in a temporary directory. */
async function check(story: Story) {
  const { gems = [], files = {}, without = [], programs = [], userEnv = {} } = story;
  const specs = ["rake", ...gems].map((gem) => `    ${gem} (1.0.0)\n`).join("");
  const app = { Gemfile: "", "Gemfile.lock": `GEM\n  specs:\n${specs}`, Rakefile: "" };
  const all = Object.entries({ ...app, "package.json": "{}", ...files });
  const appDir = await makeTree(
    Object.fromEntries(all.filter(([name]) => !without.includes(name))),
  );
  const root = await makeTree(Object.fromEntries(programs.map((path) => [path.slice(1), ""])));
  for (const path of programs) await chmod(join(root, path), 0o755);
  const provided = { name: "ruby", metadata: { "node-provider": story.provider } };
  const context = makeBuildContext({
    input: {
      appDir,
      layersDir: join(root, "layers/lapidary_ruby"),
      plan: { entries: [provided] },
    },
    env: { PATH: programs.map((path) => join(root, path, "..")).join(":") },
    userEnv,
  });
  const javaScript = await checkJavaScript(context, await readProject(appDir, userEnv));
  return { appDir, javaScript, log: context.log() };
}
