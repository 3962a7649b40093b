import { symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestBundleInputs } from "../../../../src/buildpack/gems/digest-bundle-inputs.ts";
import type { BundleInputs } from "../../../../src/buildpack/gems/digest-bundle-inputs.ts";
import { parseGemfileLock } from "../../../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const gemfile = `
source "https://gems.example.com"
ruby file: ".ruby-version"
gem "rack"
gem "engine", path: "engines/engine"
eval_gemfile "gems/common.rb"
eval_gemfile "#{__dir__}/gems/interpolated.rb"
eval_gemfile File.expand_path("../gems/expanded.rb", __FILE__)
`;

const lockfile = `PATH
  remote: engines/engine
  specs:
    engine (0.1.0)

GEM
  remote: https://gems.example.com/
  specs:
    rack (3.1.8)
`;

const files = {
  Gemfile: gemfile,
  "Gemfile.lock": lockfile,
  ".ruby-version": "3.3.8",
  ".bundle/config": 'BUNDLE_RETRY: "3"',
  "shop.gemspec": "",
  "Gemfile.local": "",
  "gemfiles/rails-8.gemfile": "",
  "gems/common.rb": 'eval_gemfile "nested.rb"',
  "gems/nested.rb": "",
  "gems/interpolated.rb": "",
  "gems/expanded.rb": "",
  "engines/engine/engine.gemspec": "",
  "engines/engine/ext/engine/extconf.rb": "",
  "engines/engine/tmp/cache.bin": "",
  "app/models/user.rb": "",
  "README.md": "",
};

describe("what `bundle install` depends on", () => {
  test.each<[keyof BundleInputs, string]>([
    ["gemfile", "Gemfile"],
    ["lockfile", "Gemfile.lock"],
    ["files", ".ruby-version"],
    ["files", ".tool-versions"],
    ["files", ".bundle/config"],
    ["files", "shop.gemspec"],
    ["files", "Gemfile.local"],
    ["files", "gemfiles/rails-8.gemfile"],
    ["files", "gems/common.rb"],
    ["files", "gems/nested.rb"],
    ["files", "gems/interpolated.rb"],
    ["files", "gems/expanded.rb"],
    ["files", "engines/engine/engine.gemspec"],
    ["files", "engines/engine/ext/engine/extconf.rb"],
    ["files", "engines/engine/lib/new.rb"],
  ])("%s: a change of %s changes it, and nothing else", async (input, path) => {
    const app = await makeTree(files);
    const before = await digests(app);
    await addToTree(app, { [path]: `${(files as Record<string, string>)[path] ?? ""}\n# changed` });
    expect(differing(before, await digests(app))).toEqual([input]);
  });

  test.each(["app/models/user.rb", "README.md", "engines/engine/tmp/cache.bin", "lib/new.rb"])(
    "not on %s",
    async (path) => {
      const app = await makeTree(files);
      const before = await digests(app);
      await addToTree(app, { [path]: "changed" });
      expect(differing(before, await digests(app))).toEqual([]);
    },
  );

  test("on the target of a link in a path gem", async () => {
    const app = await makeTree(files);
    await symlink("../../README.md", join(app, "engines/engine/README.md"));
    const before = await digests(app);
    await addToTree(app, { "README.md": "changed" });
    expect(differing(before, await digests(app))).toEqual(["files"]);
  });

  test("on the path of a file, not only on its contents", async () => {
    const app = await makeTree({ ...files, "engines/engine/a": "x" });
    const other = await makeTree({ ...files, "engines/engine/b": "x" });
    expect(differing(await digests(app), await digests(other))).toEqual(["files"]);
  });

  test("not on the app's directory", async () => {
    expect(await digests(await makeTree(files))).toEqual(await digests(await makeTree(files)));
  });
});

describe("a project in a directory of the app", () => {
  const nested = {
    "server/gems.rb": 'eval_gemfile "../shared/common.rb"\ngem "engine", path: "../engines/engine"',
    "server/gems.locked": lockfile.replace("engines/engine", "../engines/engine"),
    "server/local.gemspec": "",
    "shared/common.rb": "",
    "engines/engine/engine.gemspec": "",
    "docs/index.md": "",
  };
  const place = { path: "server", gemfile: "gems.rb", lockfile: "gems.locked" };

  test.each<[string, (keyof BundleInputs)[]]>([
    ["server/gems.rb", ["gemfile"]],
    ["server/gems.locked", ["lockfile"]],
    ["server/local.gemspec", ["files"]],
    ["server/.bundle/config", ["files"]],
    ["shared/common.rb", ["files"]],
    ["engines/engine/engine.gemspec", ["files"]],
    ["docs/index.md", []],
    ["Gemfile", []],
  ])("depends on %s as %j", async (path, changed) => {
    const app = await makeTree(nested);
    const read = () => digests(app, place);
    const before = await read();
    await addToTree(app, {
      [path]: `${(nested as Record<string, string>)[path] ?? ""}\n# changed`,
    });
    expect(differing(before, await read())).toEqual(changed);
  });

  test("depends on files next to the Gemfile that BUNDLE_GEMFILE names", async () => {
    const app = await makeTree({ ...files, "next/Gemfile": "", "next/.bundle/config": "" });
    const chosen = { path: "", gemfile: "next/Gemfile", lockfile: "next/Gemfile.lock" };
    const before = await digests(app, chosen);
    await addToTree(app, { "next/.bundle/config": 'BUNDLE_RETRY: "9"' });
    expect(differing(before, await digests(app, chosen))).toEqual(["files"]);
  });
});

describe("a path gem that is the app itself", () => {
  const whole = lockfile.replace("engines/engine", ".");
  const app = { Gemfile: "gemspec", "Gemfile.lock": whole, "shop.gemspec": "" };

  test.each<[string, (keyof BundleInputs)[]]>([
    ["lib/shop.rb", ["files"]],
    ["ext/shop/vendor/zlib.c", ["files"]],
    ["vendor/cache/rack-3.1.8.gem", []],
    ["vendor/bundle/ruby/rack.rb", []],
    ["node_modules/left-pad/index.js", []],
    ["tmp/cache/x", []],
    ["log/production.log", []],
    [".git/HEAD", []],
  ])("depends on %s as %j", async (path, changed) => {
    const root = await makeTree(app);
    const before = await digests(root, { locked: whole });
    await addToTree(root, { [path]: "changed" });
    expect(differing(before, await digests(root, { locked: whole }))).toEqual(changed);
  });

  test("is read in chunks, however large its files are", async () => {
    const root = await makeTree({ ...app, "large.bin": "" });
    const before = await digests(root, { locked: whole });
    // More than a string can hold.
    await truncate(join(root, "large.bin"), 513 * 1024 ** 2);
    expect(differing(before, await digests(root, { locked: whole }))).toEqual(["files"]);
  });
});

describe("the digests", () => {
  test("are 32 hexadecimal digits each", async () => {
    const inputs = await digests(await makeTree(files));
    expect(Object.keys(inputs).sort()).toEqual(["files", "gemfile", "lockfile"]);
    for (const digest of Object.values(inputs)) expect(digest).toMatch(/^[0-9a-f]{32}$/);
  });

  test("exist for an app with unusual files", async () => {
    const app = await makeTree({ Gemfile: `eval_gemfile "Gemfile"\n"/etc/passwd" "../.." "."` });
    await symlink("gone", join(app, "Gemfile.local"));
    await expect(digests(app)).resolves.toBeDefined();
  });

  test("include every file of a path gem with thousands of files", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`engines/engine/lib/${index}.rb`, ""]),
    );
    const app = await makeTree({ ...files, ...many });
    const before = await digests(app);
    await addToTree(app, { "engines/engine/lib/2999.rb": "changed" });
    expect(differing(before, await digests(app))).toEqual(["files"]);
  });
});

type Place = Partial<Record<"path" | "gemfile" | "lockfile" | "locked", string>>;

async function digests(appDir: string, place: Place = {}) {
  const { locked = lockedIn(place), ...rest } = place;
  const parsed = parseGemfileLock(locked);
  if (parsed.kind === "refused") throw new Error(parsed.problem);
  return await digestBundleInputs({
    appDir,
    path: "",
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    ...rest,
    locked: parsed.lockfile,
  });
}

// What is read of the lockfile stays, whatever a test writes into the file.
function lockedIn({ path = "" }: Place): string {
  return path === "" ? lockfile : lockfile.replace("engines/engine", "../engines/engine");
}

function differing(before: BundleInputs, after: BundleInputs): string[] {
  const names = Object.keys(before) as (keyof BundleInputs)[];
  return names.filter((name) => before[name] !== after[name]);
}
