import { expect, test } from "vitest";
import { chooseVersions } from "../../../../src/buildpack/interpreter/choose-versions.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { makeProject } from "../../../support/project.ts";

test("takes both versions from the lockfile", async () => {
  const context = makeBuildContext();
  const versions = await chooseVersions(
    context,
    makeProject("RUBY VERSION\n   ruby 3.3.8p144\n\nBUNDLED WITH\n   2.5.22\n"),
  );
  expect(versions).toMatchObject({
    ruby: { ruby: { engine: "ruby", version: "3.3.8" }, source: "Gemfile.lock" },
    bundler: "2.5.22",
  });
  expect(context.log()).toContain("- Bundler version\n  - `2.5.22` from Gemfile.lock\n");
});

test("takes both from the buildpack's descriptor where the lockfile says nothing", async () => {
  const context = makeBuildContext();
  const versions = await chooseVersions(context, makeProject("GEM\n  specs:\n"));
  expect(versions).toMatchObject({
    ruby: { ruby: { version: "3.4.10" }, source: "the buildpack's default" },
    bundler: "2.7.2",
  });
  expect(context.log()).toContain(
    "- Bundler version\n" +
      "  - `2.7.2` from the buildpack's default for this Ruby\n" +
      "    - Gemfile.lock: says nothing (`bundle lock --bundler` writes BUNDLED WITH)\n",
  );
});

test("an app that names no version follows the default when that changes", async () => {
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

test("takes a default Bundler that runs on the app's own Ruby", async () => {
  const mri = makeProject("RUBY VERSION\n   ruby 3.1.2p20\n");
  expect(await chooseVersions(makeBuildContext(), mri)).toMatchObject({ bundler: "2.6.9" });
  const jruby = makeProject("GEM\n  specs:\n", { rubyVersionFile: "jruby-9.4.15.0" });
  expect(await chooseVersions(makeBuildContext(), jruby)).toMatchObject({ bundler: "2.6.9" });
});
