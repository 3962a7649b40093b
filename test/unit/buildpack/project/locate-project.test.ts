import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { locateProject, requireProject } from "../../../../src/buildpack/project/locate-project.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("the Gemfile", () => {
  test.each<[string[], string, string]>([
    [["Gemfile", "Gemfile.lock"], "Gemfile", "Gemfile.lock"],
    [["gems.rb", "gems.locked"], "gems.rb", "gems.locked"],
    [["gems.rb"], "gems.rb", "gems.locked"],
    [["gems.locked"], "gems.rb", "gems.locked"],
    [["gems.locked", "Gemfile"], "Gemfile", "Gemfile.lock"],
    [[], "Gemfile", "Gemfile.lock"],
  ])("of an app with %j is %s, locked by %s", async (names, gemfile, lockfile) => {
    const app = await makeTree(Object.fromEntries(names.map((name) => [name, ""])));
    expect(await locateProject(app, {})).toEqual({
      state: "located",
      place: { dir: app, path: "", gemfile, lockfile },
    });
  });

  test("is gems.rb where both are there, as Bundler has it", async () => {
    const app = await makeTree({ "gems.rb": "", "gems.locked": "", Gemfile: "" });
    expect(await placeOf(app)).toMatchObject({ gemfile: "gems.rb", passedOver: "Gemfile" });
  });

  test.each([
    ["gemfiles/rails-8.gemfile", "gemfiles/rails-8.gemfile.lock"],
    ["next/gems.rb", "next/gems.locked"],
    [" Gemfile.next\n", "Gemfile.next.lock"],
  ])("is what BUNDLE_GEMFILE names: %s", async (value, lockfile) => {
    const app = await makeTree({ Gemfile: "" });
    const gemfile = value.trim();
    expect(await placeOf(app, { BUNDLE_GEMFILE: value })).toMatchObject({ gemfile, lockfile });
    const absolute = { BUNDLE_GEMFILE: join(app, gemfile) };
    expect(await placeOf(app, absolute)).toMatchObject({ gemfile, lockfile });
  });
});

describe("the project", () => {
  test.each(["server", "./server/", "server\n"])(
    "is where BP_RUBY_PROJECT_PATH says: %j",
    async (value) => {
      const app = await makeTree({ Gemfile: "", "server/gems.rb": "" });
      expect(await placeOf(app, { BP_RUBY_PROJECT_PATH: value })).toEqual({
        dir: join(app, "server"),
        path: "server",
        gemfile: "gems.rb",
        lockfile: "gems.locked",
      });
    },
  );

  test.each([".", "", "  "])("is the whole app where that is %j", async (value) => {
    const app = await makeTree({ Gemfile: "" });
    const place = await placeOf(app, { BP_RUBY_PROJECT_PATH: value });
    expect(place).toMatchObject({ dir: app, path: "" });
  });

  test("may have its Gemfile anywhere in the app", async () => {
    const app = await makeTree({ Gemfile: "", "server/config.ru": "" });
    const env = { BP_RUBY_PROJECT_PATH: "server", BUNDLE_GEMFILE: "../Gemfile" };
    expect(await placeOf(app, env)).toMatchObject({
      path: "server",
      gemfile: "../Gemfile",
      lockfile: "../Gemfile.lock",
    });
  });
});

test.each([
  ["BP_RUBY_PROJECT_PATH", "../other", "it leads out of the app"],
  ["BP_RUBY_PROJECT_PATH", "/srv", "it leads out of the app"],
  ["BP_RUBY_PROJECT_PATH", "sever", "the app has no such directory"],
  ["BP_RUBY_PROJECT_PATH", "Gemfile", "the app has no such directory"],
  ["BUNDLE_GEMFILE", "../Gemfile", "it leads out of the app"],
  ["BUNDLE_GEMFILE", "/etc/Gemfile", "it leads out of the app"],
])("a %s of %s fails the build: %s", async (key, value, problem) => {
  const app = await makeTree({ Gemfile: "" });
  const failure = { key, value, problem };
  expect(await locateProject(app, { [key]: value })).toEqual({ state: "misplaced", ...failure });
  expect(await failureOf(requireProject(app, { [key]: value }))).toEqual({
    code: "settings/invalid",
    ...failure,
  });
});

async function placeOf(app: string, env: Record<string, string> = {}) {
  return await requireProject(app, env);
}
