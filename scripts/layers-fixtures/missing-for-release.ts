import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny } from "../../src/system/files.ts";
import { stories } from "./stories.ts";

/** The version in `package.json`. */
export async function versionOf(checkout: string): Promise<string> {
  const text = await readFile(join(checkout, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** What this version lacks before it can be released, in words; nothing where it can be. */
export async function missingForRelease(checkout: string): Promise<string[]> {
  const version = await versionOf(checkout);
  const recordings = await missingRecordings(checkout, version);
  const missing = recordings.map((path) => `${path} is missing: npm run record-layers`);
  const changelog = await readFile(join(checkout, "CHANGELOG.md"), "utf8");
  if (!changelog.includes(`\n## [${version}]`)) {
    missing.push(`CHANGELOG.md has no section \`## [${version}]\``);
  }
  return missing;
}

/** Parts of the stories in `layers-fixtures/<version>` that are not there, as paths. */
export async function missingRecordings(checkout: string, version: string): Promise<string[]> {
  const parts = ["app", "layers", "story.toml", "expected.toml"];
  const paths = Object.keys(stories).flatMap((story) =>
    parts.map((part) => join("layers-fixtures", version, story, part)),
  );
  const present = await Promise.all(paths.map((path) => lstatIfAny(join(checkout, path))));
  return paths.filter((_, index) => present[index] === undefined);
}
