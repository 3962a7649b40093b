import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  bundlerVariables,
  contractVariables,
  setVariables,
} from "../../../../src/buildpack/environment/variables-layer.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const places = {
  app: "/workspace",
  gemfile: "Gemfile",
  gems: "/layers/lapidary_ruby/gems",
  bundler: undefined,
  ruby: "/layers/lapidary_ruby/ruby",
};
const bundleGroups = { BUNDLE_WITHOUT: "development:test" };
const given = {
  places,
  bundleGroups,
  execEnv: "production",
  jruby: false,
  puma: undefined,
  section: recordSection(),
} as const;

describe("Application Contract: Environment variables", () => {
  test("are exactly these, one file each", async () => {
    const layersDir = await makeTree();
    await setVariables({ ...given, layersDir });
    expect(await readTree(join(layersDir, "variables/env"))).toEqual({
      "BUNDLE_APP_CONFIG.override": "/layers/lapidary_ruby/gems/.bundle",
      "BUNDLE_FROZEN.override": "1",
      "BUNDLE_GEMFILE.override": "/workspace/Gemfile",
      "BUNDLE_WITHOUT.default": "development:test",
      "DISABLE_SPRING.default": "1",
      "GEM_HOME.override": "/layers/lapidary_ruby/gems",
      "GEM_PATH.override": "/layers/lapidary_ruby/gems",
      "JRUBY_OPTS.default": "-Xcompile.invokedynamic=false",
      "LANG.default": "C.UTF-8",
      "MALLOC_ARENA_MAX.default": "2",
      "PATH.delim": ":",
      "PATH.prepend":
        "/workspace/bin:/layers/lapidary_ruby/gems/bin:/layers/lapidary_ruby/ruby/bin",
      "PUMA_PERSISTENT_TIMEOUT.default": "95",
      "RACK_ENV.default": "production",
      "RAILS_ENV.default": "production",
      "RAILS_LOG_TO_STDOUT.default": "enabled",
      "RAILS_SERVE_STATIC_FILES.default": "enabled",
    });
  });

  test.each([
    ["7.0.2", false],
    ["7.0.0", false],
    ["7.0.0.pre1", false],
    ["7.0.3", true],
    ["7.0.20", true],
    ["8.0.2", true],
  ])("puma %s gets PUMA_PERSISTENT_TIMEOUT: %s", (puma, set) => {
    const names = contractVariables({ ...given, puma }).map(({ name }) => name);
    expect(names.includes("PUMA_PERSISTENT_TIMEOUT")).toBe(set);
  });

  test("PATH has the app first, then gems, Bundler and Ruby", () => {
    const bundler = "/layers/lapidary_ruby/bundler";
    const variables = contractVariables({
      execEnv: "production",
      puma: undefined,
      places: { ...places, bundler },
      bundleGroups,
    });
    expect(variables.find(({ name }) => name === "PATH")).toEqual({
      scope: "all",
      name: "PATH",
      behavior: "prepend",
      delim: ":",
      value:
        "/workspace/bin:/layers/lapidary_ruby/gems/bin:/layers/lapidary_ruby/bundler/bin:/layers/lapidary_ruby/ruby/bin",
    });
  });

  test("GEM_PATH includes Bundler's layer if there is one", () => {
    const bundler = "/layers/lapidary_ruby/bundler";
    expect(bundlerVariables({ ...places, bundler })["GEM_PATH"]).toBe(
      "/layers/lapidary_ruby/gems:/layers/lapidary_ruby/bundler",
    );
  });

  test("are `test` if the app is built for tests", () => {
    const variables = contractVariables({ ...given, execEnv: "test" });
    const values = new Map(variables.map(({ name, value }) => [name, value]));
    expect([values.get("RAILS_ENV"), values.get("RACK_ENV")]).toEqual(["test", "test"]);
  });

  test("launch leaves out the groups that `bundle install` left out", () => {
    const variables = contractVariables({
      execEnv: "production",
      puma: undefined,
      places,
      bundleGroups: { BUNDLE_WITHOUT: "assets", BUNDLE_WITH: "metrics" },
    });
    expect(variables).toContainEqual({
      scope: "all",
      name: "BUNDLE_WITHOUT",
      behavior: "default",
      value: "assets",
    });
    expect(variables).toContainEqual({
      scope: "all",
      name: "BUNDLE_WITH",
      behavior: "default",
      value: "metrics",
    });
  });
});

describe("on JRuby", () => {
  test("servers are told not to fork, even if another buildpack tells all apps to", async () => {
    const layersDir = await makeTree();
    await setVariables({ ...given, layersDir, jruby: true });
    expect(await readTree(join(layersDir, "variables/env.launch"))).toEqual({
      "WEB_CONCURRENCY.override": "0",
    });
  });
});

describe("the layer variables", () => {
  test("is for build and launch, and never cached", async () => {
    const layersDir = await makeTree();
    await setVariables({ ...given, layersDir });
    expect(await readFile(join(layersDir, "variables.toml"), "utf8")).toContain(
      "[types]\nlaunch = true\nbuild = true\ncache = false\n",
    );
  });

  test("keeps nothing of an earlier build", async () => {
    const layersDir = await makeTree({ "variables/env/OLD.default": "1" });
    await setVariables({ ...given, layersDir });
    expect(await readTree(layersDir)).not.toHaveProperty(["variables/env/OLD.default"]);
  });

  test("prints the defaults that differ between builds, and all variables at debug level", async () => {
    const section = recordSection();
    const debug: string[] = [];
    section.debug = (line) => void debug.push(line);
    await setVariables({ ...given, layersDir: await makeTree(), section });
    expect(section.lines).toEqual([
      "Defaults: `BUNDLE_WITHOUT=development:test`, `RAILS_ENV=production` and others (`BP_LOG_LEVEL=debug` lists all)",
    ]);
    expect(debug).toContain("MALLOC_ARENA_MAX (default): 2");
    expect(debug).toContain("BUNDLE_FROZEN (override): 1");
    expect(debug).toHaveLength(16);
  });
});
