import { expect, test } from "vitest";
import { reportConflicts } from "../../../../src/buildpack/report/report-conflicts.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = `GEM
  specs:
    railties (8.1.4)
    sprockets (4.2.1)
    sprockets-rails (3.5.2)

DEPENDENCIES
  sprockets-rails
`;
const application = { "config/application.rb": "" };

test.each([
  ["a Rails app without a manifest", application, true],
  ["one with it", { ...application, "app/assets/config/manifest.js": "" }, false],
  ["an engine, whose app is elsewhere", { "spec/example_app/config/application.rb": "" }, false],
])("the manifest that Sprockets 4 needs: %s", async (_, files, warns) => {
  const context = makeBuildContext({});
  const project = makeProject(lockfile, { dir: await makeTree(files) });
  const ruby = { engine: "ruby", version: "3.3.8" };
  await reportConflicts(context, project, { ruby: { ruby }, bundler: "2.5.22" } as never);
  expect(context.log().includes("app/assets/config/manifest.js")).toBe(warns);
});
