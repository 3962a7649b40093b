import { chmod, mkdir, readdir, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openGemStore } from "../../../../../src/buildpack/gems/store/gem-store.ts";
import { lstatIfAny, removeTree } from "../../../../../src/system/files.ts";
import { recordSection } from "../../../../support/section.ts";
import { addToTree, makeTree, readTree } from "../../../../support/tree.ts";
import { treeDigest } from "../../../../support/tree-digest.ts";

const gemspec = (name: string, executables = "") =>
  `Gem::Specification.new do |s|\n  s.name = "${name}".freeze\n${executables}end\n`;
const installed = {
  "gems/nio4r-2.7.5/lib/nio4r.rb": "nio4r",
  "gems/nio4r-2.7.5/lib/nio4r_ext.so": "compiled",
  "extensions/x86_64-linux/3.3.0/nio4r-2.7.5/gem.build_complete": "",
  "specifications/nio4r-2.7.5.gemspec": gemspec("nio4r"),
  "gems/rake-13.2.1/exe/rake": "rake",
  "bin/rake": "load Gem.activate_bin_path('rake', 'rake', version)",
  "build_info/rake-13.2.1.info": "--flag",
  "plugins/rake_plugin.rb": "plugin",
  "specifications/rake-13.2.1.gemspec": gemspec("rake", `  s.executables = ["rake".freeze]\n`),
  "gems/other-1.0/lib/other.rb": "not locked",
  "specifications/other-1.0.gemspec": gemspec("other"),
};
const nio4r = { name: "nio4r", fullName: "nio4r-2.7.5", key: "nio4r-2.7.5-aa" };
const rake = { name: "rake", fullName: "rake-13.2.1", key: "rake-13.2.1-bb" };
const ofLockfile = Object.entries(installed).filter(([path]) => !path.includes("other"));

describe("a gem store", () => {
  test("gives another build the same files, and no gem that is not locked", async () => {
    const { store, first, lines } = await filledStore();
    expect(lines).toEqual(["Added `2` gems to the gem store"]);
    const { gemsDir, lines: second } = await place(store);
    expect(second).toEqual(["Took `2` gems from the gem store"]);
    expect(await readTree(gemsDir)).toEqual(Object.fromEntries(ofLockfile));
    await removeTree(join(first, "gems/other-1.0"));
    await removeTree(join(first, "specifications/other-1.0.gemspec"));
    expect(await treeDigest(gemsDir)).toBe(await treeDigest(first));
  });

  test("takes a gem with several extensions, whose gemspec contains a NUL", async () => {
    const stub = "# -*- encoding: utf-8 -*-\n# stub: ext/a/extconf.rb\0ext/b/extconf.rb\n";
    const store = await makeTree();
    const gemspecs = { "specifications/nio4r-2.7.5.gemspec": stub + gemspec("nio4r") };
    const gemsDir = await makeTree({ ...installed, ...gemspecs });
    expect((await add(store, gemsDir)).lines).toEqual(["Added `2` gems to the gem store"]);
    const placed = await place(store);
    expect(placed.lines).toEqual(["Took `2` gems from the gem store"]);
  });

  test("adds a gem once", async () => {
    const { store, first } = await filledStore();
    expect((await add(store, first)).lines).toEqual([]);
  });

  test("leaves gems that are installed alone", async () => {
    const { store } = await filledStore();
    const own = { "gems/rake-13.2.1/own": "", "specifications/rake-13.2.1.gemspec": "own" };
    const { gemsDir, lines } = await place(store, own);
    expect(lines).toEqual(["Took `1` gem from the gem store"]);
    expect(await readTree(gemsDir)).toMatchObject(own);
  });

  test("does not take a gem whose executable another gem has replaced", async () => {
    const store = await makeTree();
    const script = "load Gem.activate_bin_path('rake-ng', 'rake', version)";
    const gemsDir = await makeTree({ ...installed, "bin/rake": script });
    expect((await add(store, gemsDir)).lines).toEqual(["Added `1` gem to the gem store"]);
  });

  test("is not used if it is no directory", async () => {
    const section = recordSection();
    const request = { directory: "/nowhere", readOnly: false, limit: 1, gems: [], section };
    expect(await openGemStore(request)).toBeUndefined();
    expect(section.lines[0]).toContain("The gem store /nowhere is not used");
  });

  test("is only read if asked", async () => {
    const store = await makeTree();
    const gemsDir = await makeTree(installed);
    await add(store, gemsDir, { readOnly: true });
    expect(await readTree(store)).toEqual({});
  });

  test("that cannot be written is a warning", async () => {
    const store = await makeTree({ v1: "a file" });
    const { lines } = await add(store, await makeTree(installed));
    expect(lines[0]).toContain("! The gem store could not be written: ");
  });
});

describe("an entry is not used, with a warning, if", () => {
  const entry = `v1/${nio4r.key}`;
  const library = `${entry}/tree/gems/nio4r-2.7.5/lib/nio4r_ext.so`;
  test.each<[string, (store: string) => Promise<unknown>]>([
    ["a file was changed", (store) => writeFile(join(store, library), "other")],
    ["a file is missing", (store) => removeTree(join(store, library))],
    ["a file was added", (store) => addToTree(store, { [`${entry}/tree/bin/rake`]: "evil" })],
    ["a mode was changed", (store) => chmod(join(store, library), 0o755)],
    ["its digest is missing", (store) => removeTree(join(store, entry, "entry.json"))],
    ["its digest is damaged", (store) => writeFile(join(store, entry, "entry.json"), "{")],
    [
      "it is the entry of another gem",
      async (store) => {
        await removeTree(join(store, entry));
        await rename(join(store, "v1", rake.key), join(store, entry));
      },
    ],
    [
      "a directory was replaced by a link that leads elsewhere",
      async (store) => {
        const path = join(store, entry, "tree/gems/nio4r-2.7.5/lib");
        await removeTree(path);
        await symlink("/etc", path);
      },
    ],
  ])("%s", async (_, damage) => {
    const { store } = await filledStore();
    await damage(store);
    const { gemsDir, lines } = await place(store);
    expect(lines).toContain("! The gem store's copy of nio4r-2.7.5 is damaged and was not used.");
    expect(await lstatIfAny(join(gemsDir, "gems/nio4r-2.7.5"))).toBeUndefined();
    expect(await lstatIfAny(join(gemsDir, "specifications/nio4r-2.7.5.gemspec"))).toBeUndefined();
    expect(await lstatIfAny(join(gemsDir, ".gem-store"))).toBeUndefined();
  });

  test.each(["/etc/passwd", "../../../../elsewhere", "../rake-13.2.1/exe/rake"])(
    "nor is a gem added that has a link to %s",
    async (target) => {
      const gemsDir = await makeTree(installed);
      await symlink(target, join(gemsDir, "gems/nio4r-2.7.5/link"));
      const { lines } = await add(await makeTree(), gemsDir);
      expect(lines).toEqual(["Added `1` gem to the gem store"]);
    },
  );

  test("but a link inside its gem is kept", async () => {
    const gemsDir = await makeTree(installed);
    await symlink("lib/nio4r.rb", join(gemsDir, "gems/nio4r-2.7.5/link"));
    const { lines } = await add(await makeTree(), gemsDir);
    expect(lines).toEqual(["Added `2` gems to the gem store"]);
  });
});

describe("other builds", () => {
  test("that add the same gems at the same time leave one whole entry of each", async () => {
    const store = await makeTree();
    const builds = await Promise.all([1, 2, 3].map(() => makeTree(installed)));
    await Promise.all(builds.map((gemsDir) => add(store, gemsDir)));
    expect((await readdir(join(store, "v1"))).sort()).toEqual([nio4r.key, rake.key]);
    expect((await place(store)).lines).toEqual(["Took `2` gems from the gem store"]);
  });

  test("that were killed leave nothing that is used, and it is removed after a day", async () => {
    const { store, first } = await filledStore();
    const left = `v1/.adding-${"0".repeat(16)}`;
    await addToTree(store, { [`${left}/tree/gems/half`]: "", "v1/.keep/mine": "" });
    await add(store, first);
    expect(await lstatIfAny(join(store, left))).toBeDefined();
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    await utimes(join(store, left), yesterday, yesterday);
    await utimes(join(store, "v1/.keep"), yesterday, yesterday);
    await add(store, first);
    expect(await lstatIfAny(join(store, left))).toBeUndefined();
    expect(await lstatIfAny(join(store, "v1/.keep"))).toBeDefined();
  });
});

describe("the size limit", () => {
  test("removes the least recently used gem first", async () => {
    const { store, first } = await filledStore();
    await utimes(join(store, "v1", nio4r.key, "entry.json"), 1000, 1000);
    await utimes(join(store, "v1", rake.key, "entry.json"), 2000, 2000);
    await place(store, { "specifications/rake-13.2.1.gemspec": "installed" });
    // Using nio4r has made it the younger one.
    const { bytes } = JSON.parse(
      (await readTree(join(store, "v1", nio4r.key)))["entry.json"] ?? "",
    ) as { bytes: number };
    const { lines } = await add(store, first, { limit: bytes });
    expect(lines).toEqual(["Removed `1` gem, the least recently used: the store was full"]);
    expect(await readdir(join(store, "v1"))).toEqual([nio4r.key]);
  });
});

interface Options {
  readOnly?: boolean;
  limit?: number;
}

async function add(directory: string, gemsDir: string, options: Options = {}) {
  const section = recordSection();
  const request = { directory, readOnly: false, limit: 2 ** 30, gems: [nio4r, rake], section };
  await (await openGemStore({ ...request, ...options }))?.add(gemsDir);
  return section;
}

async function place(directory: string, present: Record<string, string> = {}) {
  const section = recordSection();
  const gemsDir = await makeTree(present);
  const request = { directory, readOnly: true, limit: 1, gems: [nio4r, rake], section };
  await (await openGemStore(request))?.place(gemsDir);
  return { gemsDir, lines: section.lines };
}

async function filledStore() {
  const store = await makeTree();
  const first = await makeTree(installed);
  await mkdir(join(first, "gems"), { recursive: true });
  const { lines } = await add(store, first);
  return { store, first, lines };
}
