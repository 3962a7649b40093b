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
  test("builds with our own where nobody names another", async () => {
    const choice = await chooseBuildpacks("/app", [], { group: [], pre: [], post: [] }, own);
    expect(choice).toEqual({ directories: ["/own"], unavailable: [] });
  });

  test("takes directories of project.toml relative to the app, ours by its id", async () => {
    const app = await makeTree({ "mine/": "", "last/": "" });
    const project = {
      group: [named({ uri: "./mine" }), named({ id: "lapidary/ruby" })],
      pre: [],
      post: [named({ uri: `file://${app}/last` })],
    };
    const { directories } = await chooseBuildpacks(app, [], project, own);
    expect(directories).toEqual([join(app, "mine"), "/own", join(app, "last")]);
  });

  test("lets the command beat the group, but not what stands before and after it", async () => {
    const app = await makeTree({ "a/": "", "b/": "", "c/": "" });
    const project = {
      group: [named({ uri: "a" })],
      pre: [named({ uri: "b" })],
      post: [named({ uri: "c" })],
    };
    const { directories } = await chooseBuildpacks(app, ["/typed"], project, own);
    expect(directories).toEqual([join(app, "b"), "/typed", join(app, "c")]);
  });

  test("says what cannot be had here, and builds with our own where nothing is left", async () => {
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
