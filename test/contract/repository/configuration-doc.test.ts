import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configurationDoc } from "../../../scripts/docs/configuration-doc.ts";

const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
// Prettier pads the columns of tables.
const squeezed = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("docs/configuration.md is what `node scripts/docs/configuration-doc.ts` writes", () => {
  expect(squeezed(page)).toBe(squeezed(configurationDoc()));
});

test.each([
  "BP_LOG_LEVEL",
  "BP_INVENTORY",
  "BP_DEPENDENCY_MIRROR",
  "BP_RAILS_SKIP_ASSETS",
  "BP_RAILS_ASSETS_REUSE",
  "HEROKU_SKIP_BUNDLE_DIGEST",
])("docs/configuration.md tells of %s", (key) => {
  expect(page).toContain(`| \`${key}\``);
});
