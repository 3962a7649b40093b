import { expect, test } from "vitest";
import { chooseVersions } from "../../../../src/buildpack/interpreter/choose-versions.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeProject } from "../../../support/builds/project.ts";

test("uses both versions of the lockfile", async () => {
  const context = makeBuildContext();
  const versions = await chooseVersions(
    context,
    makeProject("RUBY VERSION\n   ruby 3.3.8p144\n\nBUNDLED WITH\n   2.5.22\n"),
  );
  expect(versions).toMatchObject({
    ruby: { ruby: { engine: "ruby", version: "3.3.8" }, source: "Gemfile.lock" },
    bundler: "2.5.22",
  });
  expect(context.log()).toContain(
    "- Versions\n  - Ruby `3.3.8` from Gemfile.lock\n  - Bundler `2.5.22` from Gemfile.lock\n",
  );
});

test("uses the defaults of the buildpack's descriptor if the lockfile names no versions", async () => {
  const context = makeBuildContext();
  const versions = await chooseVersions(context, makeProject("GEM\n  specs:\n"));
  expect(versions).toMatchObject({
    ruby: { ruby: { version: "3.4.10" }, source: "the buildpack's default" },
    bundler: "2.7.2",
  });
  expect(context.log()).toContain(
    "  - Bundler `2.7.2`, the buildpack's default for this Ruby\n" +
      "    - Gemfile.lock has no BUNDLED WITH (`bundle lock --bundler` adds it)\n",
  );
});

test("an app that names no version gets the new default when that changes", async () => {
  const { input } = makeBuildContext();
  const project = makeProject("GEM\n  specs:\n");
  for (const ruby of ["3.4.9", "3.4.10"]) {
    const metadata = { "default-versions": { ruby, bundler: "2.7.2", jemalloc: "5.3.1" } };
    const context = makeBuildContext({
      input: { descriptor: { ...input.descriptor, metadata } },
    });
    const versions = await chooseVersions(context, project);
    expect(versions.ruby.ruby.version).toBe(ruby);
  }
});

test("uses a default Bundler that runs on the app's Ruby", async () => {
  const mri = makeProject("RUBY VERSION\n   ruby 3.1.2p20\n");
  expect(await chooseVersions(makeBuildContext(), mri)).toMatchObject({ bundler: "2.6.9" });
  const jruby = makeProject("GEM\n  specs:\n", { rubyVersionFile: "jruby-9.4.15.0" });
  expect(await chooseVersions(makeBuildContext(), jruby)).toMatchObject({ bundler: "2.6.9" });
});

test("takes the versions of settings if the lockfile names none", async () => {
  const userEnv = { BP_RUBY_VERSION: "3.3.7", BP_BUNDLER_VERSION: "2.6.1" };
  const project = makeProject("GEM\n  specs:\n", { rubyVersionFile: "3.3.7" });
  expect(await chooseVersions(makeBuildContext({ userEnv }), project)).toMatchObject({
    ruby: { ruby: { version: "3.3.7" }, source: "BP_RUBY_VERSION" },
    bundler: "2.6.1",
  });
});

test.each([
  ["BP_RUBY_VERSION", "3.4.1", "3.3.8"],
  ["BP_BUNDLER_VERSION", "2.6.1", "2.5.22"],
])("fails if %s is not the version in the lockfile, and names both", async (key, value, locked) => {
  const project = makeProject("RUBY VERSION\n   ruby 3.3.8p144\n\nBUNDLED WITH\n   2.5.22\n");
  const other = makeBuildContext({ userEnv: { [key]: value } });
  const facts = { code: "app/version-conflict", key, value, source: "Gemfile.lock", locked };
  expect(await failureOf(chooseVersions(other, project))).toMatchObject(facts);
  const same = makeBuildContext({ userEnv: { [key]: locked } });
  expect(await chooseVersions(same, project)).toMatchObject({ bundler: "2.5.22" });
});
