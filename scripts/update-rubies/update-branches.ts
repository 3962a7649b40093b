import { readFile, writeFile } from "node:fs/promises";
import { compareGemVersions } from "../../src/ruby/gems/gem-version.ts";
import { parseToml } from "../../src/toml.ts";
import { listOfTables } from "./inventory-text.ts";
import type { RubyBranchEntry } from "./release-index.ts";

/**
 * Writes the branches of an index into `ruby-branches.toml`, newest first; others stay. `updated` there
 * becomes `today` if anything has changed.
 */
export async function updateBranches(
  path: string,
  branches: readonly RubyBranchEntry[],
  today: string,
): Promise<void> {
  const text = await readFile(path, "utf8");
  const present = parseToml(text) as { branches: RubyBranchEntry[] };
  const named = new Set(branches.map(({ branch }) => branch));
  const kept = present.branches.filter(({ branch }) => !named.has(branch));
  const all = [...kept, ...branches].toSorted((one, two) =>
    compareGemVersions(two.branch, one.branch),
  );
  const updated = listOfTables("branches", text, all);
  if (updated === text) return;
  await writeFile(path, updated.replace(/^updated = .*$/m, `updated = "${today}"`));
}
