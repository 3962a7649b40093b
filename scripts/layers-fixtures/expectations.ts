import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { compareGemVersions } from "../../src/ruby/gems/gem-version.ts";
import { lstatIfAny } from "../../src/system/files.ts";

/**
 * Gives each story of a version that has no `expected.toml` yet the one of the version before. It is
 * written by hand, and no recording changes it.
 */
export async function copyExpectations(fixtures: string, version: string): Promise<void> {
  const versions = await glob("*", { cwd: fixtures, onlyDirectories: true });
  const older = versions.filter((other) => compareGemVersions(other, version) < 0);
  const last = older.sort(compareGemVersions).at(-1);
  if (last === undefined) return;
  for (const story of await glob("*", { cwd: join(fixtures, version), onlyDirectories: true })) {
    const from = join(fixtures, last, story, "expected.toml");
    const to = join(fixtures, version, story, "expected.toml");
    if ((await lstatIfAny(from)) && !(await lstatIfAny(to))) await copyFile(from, to);
  }
}
