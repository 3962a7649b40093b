import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { rubyVersionsDoc } from "../../../scripts/docs/ruby-versions-doc.ts";

const checkout = resolve(import.meta.dirname, "../../..");
// Prettier pads the columns of tables.
const squeezed = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("docs/ruby-versions.md is what `npm run update-rubies` writes", async () => {
  const page = readFileSync(resolve(checkout, "docs/ruby-versions.md"), "utf8");
  expect(squeezed(page)).toBe(squeezed(await rubyVersionsDoc(checkout)));
});
