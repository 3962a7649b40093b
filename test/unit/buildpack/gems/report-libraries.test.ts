import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportLibraries } from "../../../../src/buildpack/gems/report-libraries.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { elfLibrary } from "../../../support/builds/elf.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const debian = "ID=debian\n";
const paketo =
  'PRETTY_NAME="Paketo Buildpacks Base Jammy"\nID=ubuntu\nHOME_URL="https://github.com/paketo-buildpacks/jammy-base-stack"\n';

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

  const tds = { "gems/tiny_tds-3.3.0/lib/tiny_tds.so": needs("libsybdb.so.5") };
  const deb = '[com.heroku.buildpacks.deb-packages] to project.toml with install = ["libsybdb5"]';
  const extension = "use an image extension that installs libsybdb5";
  const apt = "apt-get install --yes --no-install-recommends libsybdb5";

  test.for([
    ["Heroku", { CNB_STACK_ID: "heroku-24" }, debian, deb],
    ["Heroku, on platforms without stacks", { STACK: "heroku-24" }, debian, deb],
    ["Paketo", { CNB_STACK_ID: "io.buildpacks.stacks.jammy" }, debian, extension],
    ["Paketo, on platforms without stacks", {}, paketo, extension],
    ["Debian", {}, debian, apt],
    ["a distribution made from Debian", {}, "ID=mint\nID_LIKE=debian\n", apt],
  ] as const)("come with how to add them to an image of %s", async ([, env, release, fits]) => {
    const log = await report(tds, { env, release });
    expect(log).toContain(fits);
    for (const other of [deb, extension, apt]) {
      if (other !== fits) expect(log).not.toContain(other);
    }
  });

  test("come with every way if the image is of no known kind, at debug level", async () => {
    const log = await report(tds, { debug: true, release: "ID=alpine\n" });
    for (const way of [deb, extension, apt, "an Aptfile with libsybdb5"]) {
      expect(log).toContain(way);
    }
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
    expect(await report({}, { app, lockfile })).toBe(nothing);
    const log = await report({}, { app, lockfile, userEnv: { BP_KEEP_GIT: "true" } });
    expect(log).toContain("`git` (package `git`), needed by beryl");
    expect(log).toContain("To do without git, list its files with `Dir[");
  });
});

const nothing = "- System libraries\n  - The gems need only libraries that every system has\n";

const needs = (...needed: string[]) => elfLibrary({ needed });

interface Story {
  env?: Record<string, string>;
  version?: string;
  ruby?: Record<string, Buffer>;
  app?: string;
  lockfile?: string;
  debug?: boolean;
  /** The contents of os-release. */
  release?: string;
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
    release = debian,
    userEnv = {},
  }: Story = {},
): Promise<string> {
  const [gems, rubyDir] = [await treeOf(files), await treeOf(ruby)];
  const target = { os: "linux", arch: "amd64", distro: { name: "debian", version } };
  const context = makeBuildContext({ input: { target }, env, debug, userEnv });
  const installed = makeInstalled("/layers");
  const places = { ...installed.places, gems, ruby: rubyDir };
  const project = makeProject(lockfile, { dir: app });
  // Another root: what this machine has installed does not matter.
  const root = await makeTree({ "etc/os-release": release });
  await reportLibraries(context, project, { ...installed, places }, root);
  return context.log();
}

async function treeOf(files: Record<string, string | Buffer>): Promise<string> {
  const root = await makeTree();
  await addToTree(root, Object.fromEntries(Object.keys(files).map((path) => [path, ""])));
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
  return root;
}
