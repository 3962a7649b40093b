import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inventoryFileSchema } from "../../src/artifacts/artifact-entry.ts";
import { branchOf } from "../../src/artifacts/ruby-branches.ts";
import { compareGemVersions, isPrerelease } from "../../src/ruby/gems/gem-version.ts";

import { parseToml } from "../../src/toml.ts";
import { readDefaultRuby } from "../update-rubies/default-ruby.ts";
import type { RubyBranchEntry } from "../update-rubies/release-index.ts";

/** The text of `docs/ruby-versions.md`: what can be installed, from the inventory of `checkout`. */
export async function rubyVersionsDoc(checkout: string): Promise<string> {
  const read = async (name: string) =>
    parseToml(await readFile(join(checkout, "inventory", name), "utf8"));
  const rubies = versionsIn(await read("ruby.toml"));
  const portable = versionsIn(await read("ruby-portable.toml"));
  const jrubies = versionsIn(await read("jruby.toml"));
  const { branches } = (await read("ruby-branches.toml")) as { branches: RubyBranchEntry[] };
  return [
    "# Ruby versions",
    "",
    `Apps that name no Ruby version get Ruby ${await readDefaultRuby(join(checkout, "buildpack.toml"))}.`,
    "These can be installed from the buildpack's inventory:",
    "",
    "| Branch | Status | End of life | Newest release | Releases | Newest portable release |",
    "| --- | --- | --- | --- | --- | --- |",
    ...branches.flatMap((branch) => branchRow(branch, rubies, portable)),
    "",
    "Which of them are compiled, and what a portable release is: [what each distribution gets](support.md#where-ruby-comes-from).",
    "",
    "| JRuby | Newest release | Releases |",
    "| --- | --- | --- |",
    ...groups(jrubies).map(([series, all]) => `| ${series} | ${newest(all)} | ${all.length} |`),
    "",
    "This page is generated from `inventory` by `npm run update-rubies`.",
    "",
  ].join("\n");
}

function versionsIn(file: unknown): string[] {
  return inventoryFileSchema.parse(file).artifacts.map(({ version }) => version);
}

function branchRow(
  { branch, status, eol }: RubyBranchEntry,
  rubies: readonly string[],
  portable: readonly string[],
): string[] {
  const ofBranch = (all: readonly string[]) => all.filter((one) => branchOf(one) === branch);
  const own = ofBranch(rubies);
  if (own.length === 0) return [];
  const releases = [newest(own), own.length, newest(ofBranch(portable))];
  return [`| ${[branch, status, eol ?? "not announced", ...releases].join(" | ")} |`];
}

/** Versions by branch, newest branch first. */
function groups(versions: readonly string[]): [string, string[]][] {
  const all = Map.groupBy(versions, branchOf);
  return [...all].toSorted(([one], [two]) => compareGemVersions(two, one));
}

/** The newest release, or the newest prerelease if there is nothing else. */
function newest(versions: readonly string[]): string {
  const released = versions.filter((version) => !isPrerelease(version));
  const sorted = (released.length > 0 ? released : versions).toSorted(compareGemVersions);
  return sorted.at(-1) ?? "none";
}
