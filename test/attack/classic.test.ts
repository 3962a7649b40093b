import { mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeBundleConfig } from "../../src/classic/adapter/bundle-directives.ts";
import { relocate } from "../../src/classic/adapter/relocate.ts";
import { readReleaseText } from "../../src/classic/adapter/test-app.ts";
import { runSlug } from "../../src/classic/compiler/run-slug.ts";
import { packSlug } from "../../src/classic/compiler/slug-archive.ts";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { systemClock } from "../../src/system/clock.ts";
import { compileApp } from "../support/compile-app.ts";
import { failureOf } from "../support/failure.ts";
import { recordSection } from "../support/section.ts";
import { tarball } from "../support/packages/tarball.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { addToTree, makeTree } from "../support/tree.ts";

/** An app that a classic buildpack compiles, and a directory beside it that must stay as it is. */
async function prepare(files: Readonly<Record<string, string>> = {}) {
  const root = await makeTree({ "app/Gemfile": "", "victim/file": "/app original" });
  await addToTree(join(root, "app"), files);
  const victim = join(root, "victim");
  const before = await treeDigest(victim);
  const expectUntouched = async () => {
    expect(await treeDigest(victim)).toBe(before);
  };
  return { root, app: join(root, "app"), victim, expectUntouched };
}

const railsWithoutUrl =
  "GEM\n  specs:\n    rails (4.0.0)\n    railties (4.0.0)\n    activerecord (4.0.0)\n    pg (0.1.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  pg\n  rails\n";

describe("compile does not write through a link of the app", () => {
  test("in the place of .profile.d", async () => {
    const { root, app, victim, expectUntouched } = await prepare();
    await symlink(victim, join(app, ".profile.d"));
    const failure = await failureOf(compileApp(root, await makeBuildpack()));
    expect(failure).toEqual({
      code: "system/link-not-followed",
      path: join(app, ".profile.d"),
    });
    await expectUntouched();
  });

  test("in the place of its script in .profile.d", async () => {
    const { root, app, victim, expectUntouched } = await prepare({ ".profile.d/": "" });
    await symlink(join(victim, "file"), join(app, ".profile.d/lapidary.sh"));
    await compileApp(root, await makeBuildpack());
    await expectUntouched();
    expect(await readFile(join(app, ".profile.d/lapidary.sh"), "utf8")).toContain("lapidary_app");
  });

  test("in the place of config/database.yml, or of config", async () => {
    const file = await prepare({ "Gemfile.lock": railsWithoutUrl, "config/": "" });
    await symlink(join(file.victim, "file"), join(file.app, "config/database.yml"));
    await compileApp(file.root, await makeBuildpack());
    await file.expectUntouched();
    expect(await readFile(join(file.app, "config/database.yml"), "utf8")).toContain("DATABASE_URL");
    const directory = await prepare({ "Gemfile.lock": railsWithoutUrl });
    await symlink(directory.victim, join(directory.app, "config"));
    const failure = await failureOf(compileApp(directory.root, await makeBuildpack()));
    expect(failure).toMatchObject({ code: "system/link-not-followed" });
    await directory.expectUntouched();
  });

  test("in the place of .lapidary, which is replaced", async () => {
    const { root, app, victim, expectUntouched } = await prepare();
    await symlink(victim, join(app, ".lapidary"));
    await compileApp(root, await makeBuildpack());
    await expectUntouched();
  });

  test.for([".bundle", ".bundle/config"])("in the place of %s", async (name) => {
    const { app, victim, expectUntouched } = await prepare({ ".bundle/x": "" });
    await rm(join(app, name), { recursive: true, force: true });
    await addToTree(victim, { config: "BUNDLE_BUILD__PG: --with-pg-lib=/app/x" });
    await symlink(name === ".bundle" ? victim : join(victim, "config"), join(app, name));
    const before = await readFile(join(victim, "config"), "utf8");
    const failure = await failureOf(placeBundleConfig(app, "/tmp/b", recordSection()));
    expect(failure).toEqual({ code: "system/link-not-followed", path: join(app, name) });
    expect(await readFile(join(victim, "config"), "utf8")).toBe(before);
    await rm(join(victim, "config"));
    await expectUntouched();
  });
});

describe("compile does not follow a link that the build leaves", () => {
  test.for([
    ["for the layers that are moved", "staged"],
    ["for the directory of the layers", "layers"],
    ["for all of .lapidary", ""],
  ])("%s", async ([, name]) => {
    const { root, app, victim, expectUntouched } = await prepare();
    const own = join(app, ".lapidary", name ?? "");
    const build = `rm -rf '${own}'; ln -s '${victim}' '${own}'`;
    const outcome = await compileApp(root, await makeBuildpack({ build })).then(
      () => undefined,
      (error: unknown) => error,
    );
    await expectUntouched();
    if (name !== "staged") {
      expect(outcome).toMatchObject({ failure: { code: "system/link-not-followed" } });
    }
  });

  test("for the metadata of the launch", async () => {
    const { root, victim, expectUntouched } = await prepare();
    const build = `ln -s '${victim}' "$CNB_LAYERS_DIR/../config"`;
    const failure = await failureOf(compileApp(root, await makeBuildpack({ build })));
    expect(failure).toMatchObject({ code: "system/link-not-followed" });
    await expectUntouched();
  });

  test("for a layer that is to be reused", async () => {
    const { root, victim, expectUntouched } = await prepare();
    const first = `layer one launch cache; echo x > "$CNB_LAYERS_DIR/one/x"`;
    await compileApp(root, await makeBuildpack({ build: first }));
    const build = `rm -rf "$CNB_LAYERS_DIR/one"; types one launch cache; ln -s '${victim}/new' "$CNB_LAYERS_DIR/one"`;
    const failure = await failureOf(compileApp(root, await makeBuildpack({ build })));
    expect(failure).toMatchObject({ code: "platform/build-output-invalid" });
    await expectUntouched();
  });
});

test("a link in the place of the cache is not followed, and the mode of its target stays", async () => {
  const { root, victim, expectUntouched } = await prepare();
  await mkdir(join(root, "cache"));
  await symlink(victim, join(root, "cache/lapidary"));
  const failure = await failureOf(compileApp(root, await makeBuildpack()));
  expect(failure).toEqual({
    code: "system/link-not-followed",
    path: join(root, "cache/lapidary"),
  });
  await expectUntouched();
  expect(await readlink(join(root, "cache/lapidary"))).toBe(victim);
});

test("a path is not replaced in a file that a link of the app leads to", async () => {
  const { app, victim, expectUntouched } = await prepare();
  await symlink(victim, join(app, "directory"));
  await symlink(join(victim, "file"), join(app, "file"));
  await relocate(app, "/app", "/elsewhere");
  await expectUntouched();
});

test("bin/release prints no file that a link of the app leads to", async () => {
  const { root, app } = await prepare({ ".lapidary/": "" });
  await symlink(join(root, "victim/file"), join(app, ".lapidary/release.yml"));
  expect(await failureOf(readReleaseText(app))).toMatchObject({
    code: "system/link-not-followed",
  });
});

describe("a slug does not run", () => {
  async function run(root: string): Promise<unknown> {
    return await failureOf(
      runSlug({
        slug: join(root, "slug.tgz"),
        process: "web",
        command: [],
        configVars: {},
        root: "/",
        uid: 1000,
        gid: 1000,
        terminal: undefined,
        printer: createPrinter({
          write: () => {},
          style: createStyle(false),
          clock: systemClock,
          debug: false,
        }),
        signal: new AbortController().signal,
      }),
    );
  }

  test("where its app is a link, which would make its target writable", async () => {
    const { root, victim, expectUntouched } = await prepare();

    const archive = tarball([{ path: "app", type: "SymbolicLink", linkpath: victim }]);
    await writeFile(join(root, "slug.tgz"), archive);
    expect(await run(root)).toMatchObject({
      code: "classic/slug-unusable",
      problem: "it has no directory `app`",
    });
    await expectUntouched();
  });

  test("with a Procfile or a .release from outside the app", async () => {
    for (const name of ["Procfile", ".release"]) {
      const { root, app } = await prepare();
      await addToTree(root, { "victim/file": "web: echo stolen\n" });
      await symlink(join(root, "victim/file"), join(app, name));
      await packSlug(app, join(root, "slug.tgz"));
      expect(await run(root)).toMatchObject({
        code: name === "Procfile" ? "platform/process-unknown" : "system/link-not-followed",
      });
    }
  });
});
