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
  section: recordSection(),
} as const;

describe("Application Contract: Environment variables", () => {
  test("are these, in a file each, and no others", async () => {
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

  test("PATH goes from the app by the gems and Bundler to Ruby", () => {
    const bundler = "/layers/lapidary_ruby/bundler";
    const variables = contractVariables({
      execEnv: "production",
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

  test("GEM_PATH has Bundler's layer where there is one", () => {
    const bundler = "/layers/lapidary_ruby/bundler";
    expect(bundlerVariables({ ...places, bundler })["GEM_PATH"]).toBe(
      "/layers/lapidary_ruby/gems:/layers/lapidary_ruby/bundler",
    );
  });

  test("are those of tests where the app is to be tested", () => {
    const variables = contractVariables({ execEnv: "test", places, bundleGroups });
    const values = new Map(variables.map(({ name, value }) => [name, value]));
    expect([values.get("RAILS_ENV"), values.get("RACK_ENV")]).toEqual(["test", "test"]);
  });

  test("launch leaves out the groups that `bundle install` left out", () => {
    const variables = contractVariables({
      execEnv: "production",
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
  test("no server is told to fork, whoever tells all apps to", async () => {
    const layersDir = await makeTree();
    await setVariables({ ...given, layersDir, jruby: true });
    expect(await readTree(join(layersDir, "variables/env.launch"))).toEqual({
      "WEB_CONCURRENCY.override": "0",
    });
  });
});

describe("the layer variables", () => {
  test("is there at build and at launch, and is never cached", async () => {
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

  test("says which are defaults and which are set", async () => {
    const section = recordSection();
    await setVariables({ ...given, layersDir: await makeTree(), section });
    expect(section.lines).toHaveLength(2);
    expect(section.lines[0]).toMatch(/^Defaults: `BUNDLE_WITHOUT=development:test`, /);
    expect(section.lines[1]).toMatch(/^Set: `BUNDLE_APP_CONFIG=.*`BUNDLE_FROZEN=1`/);
  });
});
