import { readFile, writeFile } from "node:fs/promises";
import { isPrerelease } from "../../src/ruby/gems/gem-version.ts";
import { Refused } from "./refused.ts";
import type { RubyBranchEntry } from "./release-index.ts";

const line = /^ruby = "(.*)"$/m;

/** The Ruby of apps that name none, as `buildpack.toml` says. */
export async function readDefaultRuby(descriptor: string): Promise<string> {
  return line.exec(await readFile(descriptor, "utf8"))?.[1] ?? "";
}

/**
 * Makes `version` the default in `buildpack.toml`.
 *
 * @throws Refused for a prerelease, a branch past its end of life, or a release that is not in the
 *   inventory.
 */
export async function setDefaultRuby(
  descriptor: string,
  version: string,
  known: { versions: readonly string[]; branches: readonly RubyBranchEntry[]; today: string },
): Promise<void> {
  if (isPrerelease(version)) throw new Refused(`Ruby ${version} is a prerelease.`);
  if (!known.versions.includes(version)) {
    throw new Refused(`Ruby ${version} is not in the inventory. Add it to the index.`);
  }
  const branch = known.branches.find((each) => version.startsWith(`${each.branch}.`));
  if (!branch || (branch.eol !== undefined && branch.eol <= known.today)) {
    throw new Refused(`Ruby ${version} is not on a branch that is maintained.`);
  }
  const text = await readFile(descriptor, "utf8");
  await writeFile(descriptor, text.replace(line, `ruby = "${version}"`));
}
