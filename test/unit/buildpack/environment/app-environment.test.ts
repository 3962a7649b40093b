import { expect, test } from "vitest";
import { appEnvironment } from "../../../../src/buildpack/environment/app-environment.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { gemsMetadata } from "../../../support/gems-metadata.ts";
import { makeProject } from "../../../support/project.ts";

const places = {
  app: "/workspace",
  gemfile: "Gemfile",
  gems: "/layers/gems",
  bundler: undefined,
  ruby: "/layers/ruby",
};

test("the app's own commands get the contract's variables, the user's values before our defaults", () => {
  const userEnv = { RAILS_ENV: "staging", RUBYOPT: "-rmine", BUNDLE_FROZEN: "0" };
  const context = makeBuildContext({ userEnv, env: { PATH: "/usr/bin" } });
  const bundleGroups = { BUNDLE_WITHOUT: "assets" };
  const installed = {
    places,
    bundleGroups,
    rubyVersion: "3.3.8",
    ruby: { engine: "ruby", version: "3.3.8", checksum: "" },
    gemsMetadata,
  };
  const project = makeProject("GEM\n", { bundleConfig: 'BUNDLE_RETRY: "5"\n' });
  const env = appEnvironment(context, project, installed);
  expect(env).toMatchObject({
    BUNDLE_FROZEN: "1",
    BUNDLE_RETRY: "5",
    BUNDLE_WITHOUT: "assets",
    GEM_HOME: "/layers/gems",
    PATH: "/workspace/bin:/layers/gems/bin:/layers/ruby/bin:/usr/bin",
    RACK_ENV: "production",
    RAILS_ENV: "staging",
  });
  expect(env).not.toHaveProperty("RUBYOPT");
  expect(env).not.toHaveProperty("SECRET_KEY_BASE");
});
