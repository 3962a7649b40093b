import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findSystemNeeds } from "../../../../src/buildpack/gems/find-system-needs.ts";
import { elfLibrary } from "../../../support/elf.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

describe("what gems want of the system", () => {
  test("is named once for all gems that want it, wherever their extensions are", async () => {
    const found = await find({
      "bundler/gems/fork-0123456789ab/lib/fork.so": needs("libnowhere.so.9"),
      "bundler/gems/extensions/x86_64-linux/3.3.0/fork-0123456789ab/fork.so":
        needs("libnowhere.so.9"),
      "extensions/x86_64-linux/3.3.0/other-gem-1.0.0.rc1/other.so": needs("libnowhere.so.9"),
      "gems/third-2.0-x86_64-linux-gnu/lib/3.3/third.so": needs("libnowhere.so.9"),
    });
    expect(found).toEqual([
      {
        names: ["libnowhere.so.9"],
        gems: ["fork", "other-gem", "third"],
        package: undefined,
        present: false,
      },
    ]);
  });

  test("is what is found at run time, beside what is linked", async () => {
    const found = await find({
      "gems/ruby-vips-2.2.5/lib/vips.rb": "",
      "gems/fast_vips-1.0/lib/fast_vips.so": needs("libvips.so.42"),
    });
    expect(found).toMatchObject([{ names: ["libvips.so.42"], gems: ["fast_vips", "ruby-vips"] }]);
  });

  test("is in the package that dpkg of this machine names, where the library is there", async () => {
    const root = await makeTree({
      "usr/lib/libpq.so.5": "",
      "var/lib/dpkg/info/libpq5-of-another-release:amd64.list": "/usr/lib/libpq.so.5\n",
    });
    const gems = { "gems/tiny-1.0/lib/tiny.so": needs("libpq.so.5") };
    expect(await find(gems, root)).toMatchObject([
      { package: "libpq5-of-another-release", present: true },
    ]);
    expect(await find(gems)).toMatchObject([{ package: "libpq5", present: false }]);
  });

  test.each<[string, Record<string, string | Buffer>]>([
    ["gems bring", { "gems/a-1.0/lib/a.so": needs("libb.so.1"), "gems/a-1.0/lib/libb.so.1": "" }],
    ["every system has", { "gems/a-1.0/lib/a.so": needs("libc.so.6", "libstdc++.so.6") }],
    ["the layer of Ruby brings", { "gems/a-1.0/lib/a.so": needs("libruby.so.3.3") }],
    ["Ruby is linked to, too", { "gems/a-1.0/lib/a.so": needs("libcrypto.so.3") }],
    [
      "other machines need",
      { "gems/a-1.0/lib/a.so": elfLibrary({ needed: ["libx.so.1"], machine: 183 }) },
    ],
    ["a broken file may need", { "gems/a-1.0/lib/a.so": "no library" }],
    ["sources and tests of a gem need", { "gems/a-1.0/test/a.so": needs("libx.so.1") }],
  ])("is not what %s", async (_, files) => {
    expect(await find(files)).toEqual([]);
  });
});

function needs(...needed: string[]): Buffer {
  return elfLibrary({ needed });
}

async function find(files: Record<string, string | Buffer>, system?: string) {
  const ruby = { "lib/ruby/3.3.0/x86_64-linux/openssl.so": needs("libcrypto.so.3") };
  const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };
  const layers = { gems: await treeOf(files), ruby: await treeOf(ruby) };
  const root = system ?? (await makeTree());
  return await findSystemNeeds({ ...layers, target, env: {}, root });
}

async function treeOf(files: Record<string, string | Buffer>): Promise<string> {
  const root = await makeTree();
  await addToTree(root, Object.fromEntries(Object.keys(files).map((path) => [path, ""])));
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content);
  return root;
}
