import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportLibraries } from "../../../../src/buildpack/gems/report-libraries.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { gemsMetadata } from "../../../support/gems-metadata.ts";
import { makeProject } from "../../../support/project.ts";
import { elfLibrary } from "../../../support/elf.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

describe("what the run image must have", () => {
  test("are the libraries that extensions are linked to, with the gems and the packages", async () => {
    const log = await report({
      "gems/pg-1.6.2/lib/pg_ext.so": needs("libnowhere.so.9", "libc.so.6"),
    });
    expect(log).toContain("- System libraries\n  - The run image must have:\n");
    expect(log).toContain("    - `libnowhere.so.9` for pg\n");
    expect(log).not.toContain("libc.so.6");
    expect(log).not.toContain("Where it has not");
  });

  test("come with the lines that add them, on each kind of image", async () => {
    const log = await report({ "gems/tiny_tds-3.3.0/lib/tiny_tds.so": needs("libsybdb.so.5") });
    expect(log).toContain("`libsybdb.so.5` for tiny_tds, which is in the package `libsybdb5`");
    expect(log).toContain('`[com.heroku.buildpacks.deb-packages]` with `install = ["libsybdb5"]`');
    expect(log).toContain("in Aptfile `libsybdb5`");
    expect(log).toContain("Paketo: a run.Dockerfile in an image extension");
    expect(log).toContain(
      "`RUN apt-get update && apt-get install --yes --no-install-recommends libsybdb5`",
    );
  });

  test("are warned of where the build image lacks them, too", async () => {
    const log = await report({ "gems/pg-1.6.2/lib/pg_ext.so": needs("libnowhere.so.9") });
    expect(log).toContain("! The build image has no `libnowhere.so.9`: pg cannot be used in it");
    const libraries = await makeTree({ "libnowhere.so.9": "" });
    const env = { LD_LIBRARY_PATH: libraries };
    const there = await report(
      { "gems/pg-1.6.2/lib/pg_ext.so": needs("libnowhere.so.9") },
      { env },
    );
    expect(there).toContain("`libnowhere.so.9` for pg");
    expect(there).not.toContain("!");
  });

  test("are what well-known gems load when they run, in the newer systems' packages, too", async () => {
    const gems = { "gems/ruby-vips-2.2.5/lib/vips.rb": "", "gems/mini_magick-5.3.1/lib/a.rb": "" };
    const log = await report(gems, { version: "13" });
    expect(log).toContain("`libvips.so.42` for ruby-vips, which is in the package `libvips42t64`");
    expect(log).toContain(
      "`magick` or `convert` for mini_magick, which is in the package `imagemagick`",
    );
    expect(await report(gems)).toContain("package `libvips42`");
    const programs = await makeTree({ convert: "" });
    const found = await report(gems, { env: { PATH: programs } });
    expect(found).not.toContain("The build image has no `magick`");
  });

  test("is git where the gemspec of a path gem runs it, and how to do without", async () => {
    const app = await makeTree({ "beryl/beryl.gemspec": "spec.files = `git ls-files`" });
    const lockfile = "PATH\n  remote: beryl\n  specs:\n    beryl (1.0.0)\n";
    const log = await report({}, { app, lockfile });
    expect(log).toContain("`git` for beryl, which is in the package `git`");
    expect(log).toContain("Or let beryl.gemspec list its files by `Dir[");
  });
});

const needs = (...needed: string[]) => elfLibrary({ needed });

interface Story {
  env?: Record<string, string>;
  version?: string;
  ruby?: Record<string, Buffer>;
  app?: string;
  lockfile?: string;
}

async function report(
  files: Record<string, string | Buffer>,
  { env = {}, version = "12", ruby = {}, app = "/nowhere", lockfile = "GEM\n" }: Story = {},
): Promise<string> {
  const [gems, rubyDir] = [await treeOf(files), await treeOf(ruby)];
  const target = { os: "linux", arch: "amd64", distro: { name: "debian", version } };
  const context = makeBuildContext({ input: { target }, env });
  const places = { app: "/workspace", gemfile: "Gemfile", gems, bundler: undefined, ruby: rubyDir };
  await reportLibraries(context, makeProject(lockfile, { dir: app }), {
    places,
    bundleGroups: {},
    rubyVersion: "3.3.8",
    ruby: { engine: "ruby", version: "3.3.8", checksum: "" },
    gemsMetadata,
  });
  return context.log();
}

async function treeOf(files: Record<string, string | Buffer>): Promise<string> {
  const root = await makeTree();
  await addToTree(root, Object.fromEntries(Object.keys(files).map((path) => [path, ""])));
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
  return root;
}
