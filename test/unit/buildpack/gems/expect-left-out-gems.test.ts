import { expect, test } from "vitest";
import { expectLeftOutGems } from "../../../../src/buildpack/gems/gems.ts";
import { makeProject } from "../../../support/builds/project.ts";

const lockfile = `GEM
  specs:
    capybara (3.40.0)
      rack
      xpath (~> 3.2)
    rack (3.1.8)
    mysql2 (0.5.6)
    puma (6.4.3)
    xpath (3.2.0)

DEPENDENCIES
  capybara
  mysql2
  rack
  puma
`;
const gemfileText = `gem "rack"
gem "puma"
gem "mysql2", group: :development
group :test do
  gem "capybara"
end
`;
const project = makeProject(lockfile, { gemfileText });

test("gems of left-out groups, with what only they depend on", () => {
  const { gems } = expectLeftOutGems(project, {}, "production");
  expect([...gems].sort()).toEqual(["capybara", "mysql2", "xpath"]);
});

test.each([
  [{ BUNDLE_WITHOUT: "test" }, "production", ["capybara", "xpath"]],
  [{ BUNDLE_WITH: "test" }, "production", ["mysql2"]],
  [{}, "test", ["mysql2"]],
  [{ BUNDLE_ONLY: "default" }, "production", []],
] as const)("follow %j and an image for %s", (env, execEnv, expected) => {
  const { gems } = expectLeftOutGems(project, env, execEnv);
  expect([...gems].sort()).toEqual(expected);
});
