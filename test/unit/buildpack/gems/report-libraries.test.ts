import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportLibraries } from "../../../../src/buildpack/gems/report-libraries.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { elfLibrary } from "../../../support/builds/elf.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

describe("the system libraries that an app needs", () => {
  test("are those that extensions are linked to, with their gems", async () => {
    const log = await report({
      "gems/pg-1.6.2/lib/pg_ext.so": needs("libnowhere.so.9", "libc.so.6"),
    });
    expect(log).toContain(
      "- System libraries\n  ! Missing from the build image: libnowhere.so.9, needed by pg\n",
    );
    expect(log).not.toContain("libc.so.6");
    expect(log).not.toContain("apt-get");
  });

  test("are listed with their packages, in one line for all", async () => {
    const libraries = await makeTree({ "libsybdb.so.5": "" });
    const env = { LD_LIBRARY_PATH: libraries };
    const gems = { "gems/tiny_tds-3.3.0/lib/tiny_tds.so": needs("libsybdb.so.5") };
    const log = await report(gems, { env });
    expect(log).toContain(
      "  - The run image must have `libsybdb.so.5` (package `libsybdb5`), needed by tiny_tds\n",
    );
    expect(log).toContain(
      "If the run image lacks them: `apt-get install --yes --no-install-recommends libsybdb5`",
    );
    expect(log).not.toContain("Heroku");
    expect(log).not.toContain("!");
  });

  test("are warned of if the build image lacks them", async () => {
    const log = await report({ "gems/tiny_tds-3.3.0/lib/tiny_tds.so": needs("libsybdb.so.5") });
    expect(log).toContain(
      "! Missing from the build image: libsybdb.so.5 (package libsybdb5), needed by tiny_tds",
    );
  });

  test("come with how to add them to each kind of image, at debug level", async () => {
    const gems = { "gems/tiny_tds-3.3.0/lib/tiny_tds.so": needs("libsybdb.so.5") };
    const log = await report(gems, { debug: true });
    expect(log).toContain('[com.heroku.buildpacks.deb-packages] with install = ["libsybdb5"]');
    expect(log).toContain("an Aptfile with libsybdb5");
    expect(log).toContain("Paketo: use an image extension with a run.Dockerfile");
  });

  test("include what well-known gems load when they run, in the packages of the distribution", async () => {
    const gems = { "gems/ruby-vips-2.2.5/lib/vips.rb": "", "gems/mini_magick-5.3.1/lib/a.rb": "" };
    const log = await report(gems, { version: "13" });
    expect(log).toContain("libvips.so.42 (package libvips42t64), needed by ruby-vips");
    expect(log).toContain("magick or convert (package imagemagick), needed by mini_magick");
    expect(await report(gems)).toContain("(package libvips42)");
    const programs = await makeTree({ convert: "" });
    const found = await report(gems, { env: { PATH: programs } });
    expect(found).not.toContain("Missing from the build image: magick");
  });

  test("include git if the gemspec of a path gem runs it and .git is kept, with how to do without", async () => {
    const app = await makeTree({ "beryl/beryl.gemspec": "spec.files = `git ls-files`" });
    const lockfile = "PATH\n  remote: beryl\n  specs:\n    beryl (1.0.0)\n";
    expect(await report({}, { app, lockfile })).toBe("");
    const log = await report({}, { app, lockfile, userEnv: { BP_KEEP_GIT: "true" } });
    expect(log).toContain("`git` (package `git`), needed by beryl");
    expect(log).toContain("To do without git, list its files with `Dir[");
  });
});

const needs = (...needed: string[]) => elfLibrary({ needed });

interface Story {
  env?: Record<string, string>;
  version?: string;
  ruby?: Record<string, Buffer>;
  app?: string;
  lockfile?: string;
  debug?: boolean;
  userEnv?: Record<string, string>;
}

async function report(
  files: Record<string, string | Buffer>,
  {
    env = {},
    version = "12",
    ruby = {},
    app = "/nowhere",
    lockfile = "GEM\n",
    debug = false,
    userEnv = {},
  }: Story = {},
): Promise<string> {
  const [gems, rubyDir] = [await treeOf(files), await treeOf(ruby)];
  const target = { os: "linux", arch: "amd64", distro: { name: "debian", version } };
  const context = makeBuildContext({ input: { target }, env, debug, userEnv });
  const installed = makeInstalled("/layers");
  const places = { ...installed.places, gems, ruby: rubyDir };
  const project = makeProject(lockfile, { dir: app });
  // An empty root: what this machine has installed does not matter.
  await reportLibraries(context, project, { ...installed, places }, await makeTree());
  return context.log();
}

async function treeOf(files: Record<string, string | Buffer>): Promise<string> {
  const root = await makeTree();
  await addToTree(root, Object.fromEntries(Object.keys(files).map((path) => [path, ""])));
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
  return root;
}
