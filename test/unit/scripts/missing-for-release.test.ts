import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stories } from "../../../scripts/layers-fixtures/stories.ts";
import { missingForRelease } from "../../../scripts/layers-fixtures/missing-for-release.ts";
import { addToTree, makeTree } from "../../support/tree.ts";

test("a version can be released once its layers are recorded and its changes are written down", async () => {
  const checkout = await makeTree({
    "package.json": '{"version": "1.2.3"}',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-08-06\n",
  });
  for (const story of Object.keys(stories)) {
    const files = {
      "app/Gemfile": "",
      "layers/ruby.toml": "",
      "story.toml": "",
      "expected.toml": "",
    };
    await addToTree(join(checkout, "layers-fixtures/1.2.3", story), files);
  }
  expect(await missingForRelease(checkout)).toEqual([]);
  await rm(join(checkout, "layers-fixtures/1.2.3/jruby/layers"), { recursive: true });
  expect(await missingForRelease(checkout)).toEqual([
    "layers-fixtures/1.2.3/jruby/layers is missing: npm run record-layers",
  ]);
});

test("recordings and changes of another version do not count", async () => {
  const checkout = await makeTree({
    "package.json": '{"version": "1.2.3"}',
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [1.2.2]\n",
    "layers-fixtures/1.2.2/rails/layers/ruby.toml": "",
  });
  const missing = await missingForRelease(checkout);
  expect(missing).toContain("layers-fixtures/1.2.3/rails/layers is missing: npm run record-layers");
  expect(missing.at(-1)).toBe("CHANGELOG.md has no section `## [1.2.3]`");
});
