import { cp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { compareGemVersions } from "../../../../src/ruby/gems/gem-version.ts";
import { parseReleaseIndex } from "../../../../scripts/update-rubies/release-index.ts";
import { updateRubies } from "../../../../scripts/update-rubies/update.ts";
import { makeTree } from "../../../support/tree.ts";

const checkout = resolve(import.meta.dirname, "../../../..");
const recorded = await readFile(join(import.meta.dirname, "index.tsv"), "utf8");

const changelog = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n";
const files = [
  "inventory/ruby.toml",
  "inventory/ruby-prebuilt.toml",
  "inventory/ruby-branches.toml",
];
let copy: string;
/** The inventory as it stood when the index was recorded. */
let before: Record<string, string>;

// Whatever this checkout has been updated to: the copy has the releases up to 4.0.6, and the branches
// and the default of that day.
beforeEach(async () => {
  copy = await makeTree({
    "CHANGELOG.md": changelog,
    "buildpack.toml": '[metadata.default-versions]\nruby = "3.4.10"\nbundler = "2.7.2"\n',
    "docs/ruby-versions.md": "",
  });
  await cp(join(checkout, "inventory"), join(copy, "inventory"), { recursive: true });
  const isNewer = (version: string) => compareGemVersions(version, "4.0.6") > 0;
  for (const name of files.slice(0, 2)) await forget(name, isNewer);
  await update(recorded);
  before = Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await read(name)])),
  );
});

const read = async (name: string) => await readFile(join(copy, name), "utf8");

async function update(index: string, options: { defaultRuby?: string; prebuilt?: boolean } = {}) {
  return await updateRubies({
    checkout: copy,
    index: parseReleaseIndex(index),
    defaultRuby: options.defaultRuby,
    prebuilt: options.prebuilt ?? false,
    today: "2026-08-07",
  });
}

/** Takes releases out of the inventory, so that they are new again. */
async function forget(name: string, isForgotten: (version: string) => boolean): Promise<void> {
  const [head = "", ...entries] = (await read(name)).split(/^(?=\[\[artifacts\]\])/m);
  const versionOf = (entry: string) => /^version = "(.+)"$/m.exec(entry)?.[1] ?? "";
  const kept = entries.filter((entry) => !isForgotten(versionOf(entry)));
  // The last entry ends the file without an empty line.
  await writeFile(join(copy, name), `${[head, ...kept].join("").trimEnd()}\n`);
}

describe("npm run update-rubies", () => {
  test("adds what the inventory lacks, and nothing else changes", async () => {
    const added = new Set(["4.0.6", "3.3.12", "2.6.0.preview2"]);
    await forget("inventory/ruby.toml", (version) => added.has(version));
    expect(await update(recorded)).toEqual(["Ruby 2.6.0.preview2, 3.3.12, 4.0.6."]);
    for (const name of files) expect(await read(name)).toBe(before[name]);
    expect(await read("buildpack.toml")).toContain('ruby = "3.4.10"');
    expect(await read("CHANGELOG.md")).toBe(`${changelog}- Ruby 2.6.0.preview2, 3.3.12, 4.0.6.\n`);
  });

  test("changes nothing when it is run again", async () => {
    expect(await update(recorded)).toEqual([]);
    expect(await read("CHANGELOG.md")).toBe(changelog);
    expect(await read("inventory/ruby.toml")).toBe(before["inventory/ruby.toml"]);
  });

  test("adds binaries for the systems of the newest release that has them", async () => {
    for (const name of files.slice(0, 2)) await forget(name, (version) => version === "4.0.6");
    await update(recorded, { prebuilt: true });
    for (const name of files) expect(await read(name)).toBe(before[name]);
  });

  test("writes a branch that has reached its end of life, with the day", async () => {
    await update("3.4\teol\t2024-12-25\t2026-08-01\n");
    const branches = await read("inventory/ruby-branches.toml");
    expect(branches).toContain('updated = "2026-08-07"');
    expect(branches).toContain(
      'branch = "3.4"\nstatus = "eol"\nfirst-release = "2024-12-25"\neol = "2026-08-01"\n',
    );
    expect(branches.match(/^branch = "3.4"$/gm)).toHaveLength(1);
  });

  test("adds a branch that is new, in its place", async () => {
    await update("4.1\tpreview\t2026-12-25\t\n");
    expect(await read("inventory/ruby-branches.toml")).toMatch(
      /\[\[branches\]\]\nbranch = "4.1"\nstatus = "preview"\nfirst-release = "2026-12-25"\n\n\[\[branches\]\]\nbranch = "4.0"/,
    );
  });

  test("moves the default only when asked", async () => {
    const changes = await update(recorded, { defaultRuby: "4.0.6" });
    expect(changes).toEqual(["The default Ruby is 4.0.6 (was 3.4.10)."]);
    expect(await read("buildpack.toml")).toContain('\nruby = "4.0.6"\nbundler = ');
    expect(await read("docs/ruby-versions.md")).toContain("get Ruby 4.0.6.");
    expect(await read("CHANGELOG.md")).toBe(
      `${changelog}\n### Changed\n\n- The default Ruby is 4.0.6 (was 3.4.10).\n`,
    );
  });

  test.each([
    ["3.4.99", "not in the inventory"],
    ["3.2.11", "not on a branch that is maintained"],
    ["2.6.0.preview2", "prerelease"],
  ])("refuses %s as the default", async (version, reason) => {
    await expect(update(recorded, { defaultRuby: version })).rejects.toThrow(reason);
    expect(await read("buildpack.toml")).toContain('ruby = "3.4.10"');
  });

  test("refuses another checksum for a release that is known", async () => {
    const changed = recorded.replace(/837d299e/, "00000000");
    await expect(update(changed)).rejects.toThrow("The checksum of Ruby 4.0.6 has changed");
    expect(await read("inventory/ruby.toml")).toBe(before["inventory/ruby.toml"]);
  });

  test.each([
    ["3.4.5\t2025-07-15\thttps://host/ruby.tar.gz\tabc", "64 hexadecimal digits"],
    ["3.4.5\t2025-07-15\thttp://host/ruby.tar.gz", "https: URL"],
    ['3.4.5"\n[x]\t2025-07-15', "a version such as 3.4.5"],
    ["3.4\tretired\t2024-12-25", "Line 1"],
  ])("refuses the line %j", async (line, reason) => {
    await expect(update(line)).rejects.toThrow(reason);
  });
});
