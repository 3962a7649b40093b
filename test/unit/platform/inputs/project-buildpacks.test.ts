import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseBuildpacks } from "../../../../src/platform/inputs/project-buildpacks.ts";
import type { ProjectBuildpack } from "../../../../src/platform/inputs/project-descriptor.ts";
import { makeTree } from "../../../support/tree.ts";

const own = { id: "lapidary/ruby", directory: "/own" };
const named = (fields: Partial<ProjectBuildpack>): ProjectBuildpack => ({
  inline: false,
  ...fields,
});

describe("chooseBuildpacks", () => {
  test("uses our own buildpack if no other is named", async () => {
    const choice = await chooseBuildpacks("/app", [], { group: [], pre: [], post: [] }, own);
    expect(choice).toEqual({ directories: ["/own"], unavailable: [] });
  });

  test("resolves directories in project.toml relative to the app, and our buildpack by its id", async () => {
    const app = await makeTree({ "mine/": "", "last/": "" });
    const group = [
      named({ uri: "./mine" }),
      named({ id: "lapidary/ruby" }),
      named({ uri: `file://${app}/last` }),
    ];
    const { directories } = await chooseBuildpacks(app, [], { group, pre: [], post: [] }, own);
    expect(directories).toEqual([join(app, "mine"), "/own", join(app, "last")]);
  });

  test("puts those before and after around our own, but not around others that are named", async () => {
    const app = await makeTree({ "a/": "", "b/": "", "c/": "" });
    const around = { pre: [named({ uri: "b" })], post: [named({ uri: "c" })] };
    const choose = async (typed: string[], group: ProjectBuildpack[]) =>
      (await chooseBuildpacks(app, typed, { group, ...around }, own)).directories;
    expect(await choose([], [])).toEqual([join(app, "b"), "/own", join(app, "c")]);
    expect(await choose([], [named({ uri: "a" })])).toEqual([join(app, "a")]);
    expect(await choose(["/typed"], [named({ uri: "a" })])).toEqual(["/typed"]);
  });

  test("lists unavailable buildpacks, and uses our own if none is left", async () => {
    const group = [
      named({ uri: "docker://example/node" }),
      named({ id: "heroku/ruby", version: "1.0.0" }),
      named({ id: "script/one", inline: true }),
    ];
    const choice = await chooseBuildpacks("/app", [], { group, pre: [], post: [] }, own);
    expect(choice).toEqual({
      directories: ["/own"],
      unavailable: [
        "`docker://example/node`",
        "`heroku/ruby@1.0.0`",
        "`script/one`, a script in the file",
      ],
    });
  });
});
