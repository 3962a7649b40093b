import { readFile, writeFile } from "node:fs/promises";
import { Refused } from "./refused.ts";

/**
 * Adds an entry to a kind of change, such as `Added`, in the section of the next release. The heading
 * of the kind is added if there is none.
 */
export async function addToChangelog(path: string, kind: string, entry: string): Promise<void> {
  const text = await readFile(path, "utf8");
  const [, before = "", section = "", after = ""] =
    /^([^]*?\n## \[Unreleased\]\n)([^]*?)(\n## \[[^]*)?$/.exec(text) ?? [];
  if (before === "") throw new Refused(`${path} has no section "## [Unreleased]".`);
  await writeFile(path, `${before}${withEntry(section, kind, entry)}${after}`);
}

function withEntry(section: string, kind: string, entry: string): string {
  const heading = `\n### ${kind}\n`;
  const at = section.indexOf(heading);
  if (at === -1) return `${section.trimEnd()}\n${heading}\n- ${entry}\n`;
  const end = section.indexOf("\n### ", at + 1);
  const own = end === -1 ? section : section.slice(0, end);
  return `${own.trimEnd()}\n- ${entry}\n${end === -1 ? "" : section.slice(end)}`;
}
