import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkJavaScript } from "../../../../src/buildpack/javascript/javascript.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
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
  ])("by %s is rejected if there is no Node, and the error names %s", async (gem, skippedBy) => {
    expect(await failureOf(check({ gems: [gem] }))).toEqual({
      code: "node/missing",
      gems: [gem],
      packageJson: true,
      manager: "npm",
      skippedBy: [skippedBy],
    });
  });

  test("is rejected with a hint if it has no package.json either", async () => {
    const work = check({ gems: ["jsbundling-rails"], without: ["package.json"] });
    expect(await failureOf(work)).toMatchObject({ code: "node/missing", packageJson: false });
  });

  test.each([[[node]], [["/layers/x/bun/bin/bun"]]])(
    "is accepted if %j is on PATH",
    async (programs) => {
      await expect(check({ gems: ["vite_ruby"], programs })).resolves.toBeDefined();
    },
  );

  test.each<[string, Story]>([
    ["the user skips assets", { userEnv: { BP_RAILS_SKIP_ASSETS: "true" } }],
    ["it is built for tests", { userEnv: { BP_EXEC_ENV: "test" } }],
    ["the user skips the bundling", { userEnv: { SKIP_JS_BUILD: "1" } }],
    ["it brings a manifest", { files: { "public/assets/.manifest.json": "{}" } }],
    ["it has no Rakefile", { without: ["Rakefile"] }],
  ])("is accepted without Node if %s", async (_, story) => {
    await expect(check({ gems: ["jsbundling-rails"], ...story })).resolves.toBeDefined();
  });

  test("is accepted without Node if only a group that is left out has the gem", async () => {
    const Gemfile = 'group :development do\n  gem "cssbundling-rails"\nend\n';
    await expect(check({ gems: ["cssbundling-rails"], files: { Gemfile } })).resolves.toBeDefined();
  });

  test("is rejected if its yarn.lock makes jsbundling-rails run yarn, which is missing", async () => {
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

  test("gets a warning if another gem may run a package manager that is missing", async () => {
    const files = { "pnpm-lock.yaml": "" };
    const { log } = await check({ gems: ["vite_ruby"], files, programs: [node] });
    expect(log).toContain(
      "! The app has a pnpm-lock.yaml, but `pnpm` is not on the build's PATH. Precompiling assets will fail if vite_ruby runs it.",
    );
  });
});

describe("gems that run JavaScript when the app runs", () => {
  test("cause a warning if there is no JavaScript runtime", async () => {
    const { log } = await check({ gems: ["execjs", "uglifier"] });
    expect(log).toContain("! The lockfile has execjs, which run JavaScript with ExecJS");
  });

  test.each<[string, Story]>([
    ["Node is there", { programs: [node] }],
    ["the user chose a runtime", { userEnv: { EXECJS_RUNTIME: "Disabled" } }],
    ["a gem brings a runtime", { gems: ["execjs", "mini_racer"] }],
  ])("cause no warning if %s", async (_, story) => {
    expect((await check({ gems: ["execjs"], ...story })).log).toBe("");
  });
});

describe("a package.json without a Node buildpack", () => {
  test("causes a warning with the names of such buildpacks", async () => {
    const { log } = await check({ provider: "none" });
    expect(log).toContain("no buildpack provides Node");
    expect(log).toContain("heroku/nodejs, or paketo-buildpacks/node-engine");
  });

  test.each(["heroku/nodejs", "node-and-modules", "node", "not-needed"])(
    "causes no warning if Node comes from %s",
    async (provider) => {
      expect((await check({ provider })).log).toBe("");
    },
  );

  test("causes no warning if the build image has Node", async () => {
    expect((await check({ provider: "none", programs: ["/usr/bin/node"] })).log).toBe("");
  });
});

describe("WEB_CONCURRENCY that a Node buildpack sets", () => {
  test.each([
    ["heroku_nodejs", "heroku/nodejs"],
    ["heroku_nodejs-engine", "heroku/nodejs-engine"],
  ])(
    "causes a warning if the app has Puma and Node comes from %s",
    async (directory, buildpack) => {
      const programs = [`/layers/${directory}/dist/bin/node`];
      const { log } = await check({ gems: ["puma"], programs });
      expect(log).toContain(`! ${buildpack} sets WEB_CONCURRENCY when the app starts`);
      expect((await check({ gems: ["unicorn"], programs })).log).toBe("");
    },
  );

  test("causes no warning if Node comes from another buildpack", async () => {
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
  ])("that are present with Node from %s count as installed: %s", async (provider, installed) => {
    const files = { "node_modules/ms/index.js": "", "yarn.lock": "" };
    const { packages } = await check({ provider, files });
    expect(packages.manager?.name).toBe("yarn");
    expect("SKIP_YARN_INSTALL" in packages.variables).toBe(installed);
  });

  test("that are not present do not count as installed, even if a buildpack provides them", async () => {
    const { packages } = await check({ provider: "node-and-modules" });
    expect(packages.variables).not.toHaveProperty("SKIP_YARN_INSTALL");
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
  ])("with %j are expected in '%s'", async (files, expected) => {
    const { appDir, packages } = await check({
      files: { ...project, ...files },
      userEnv: { BP_RUBY_PROJECT_PATH: "server" },
      provider: "heroku/nodejs",
      programs: [node],
    });
    expect(packages).toMatchObject({
      dir: join(appDir, expected),
      variables: { SKIP_YARN_INSTALL: "1" },
    });
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
  const packages = await checkJavaScript(context, await readProject(appDir, userEnv));
  return { appDir, packages, log: context.log() };
}
