import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { doctorSchemaDoc } from "../../../scripts/docs/doctor-schema-doc.ts";
import { printDiagnosis } from "../../../src/output/print-diagnosis.ts";
import { createPrinter } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";
import { examine, makeRoot } from "../../support/builds/examine.ts";
import { readPage } from "../../support/docs/pages.ts";
import { brokenRules, makeValidator } from "../../support/published-schema.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const rails = join(checkout, "samples/rails");
const path = join(checkout, "docs/guides/doctor.schema.json");
const schema = JSON.parse(readFileSync(path, "utf8")) as { $schema?: string };

test("docs/guides/doctor.schema.json is what `node scripts/docs/doctor-schema-doc.ts` writes", () => {
  expect(schema).toEqual(JSON.parse(doctorSchemaDoc()));
});

test("what the doctor finds in the Rails sample is valid by the schema, and a change of it is not", async () => {
  // The validator knows older drafts only, which have the same keywords as far as they are used.
  const { $schema: _draft, ...rules } = schema;
  const found = await examine(rails);
  expect(brokenRules(makeValidator(), rules, found)).toEqual([]);
  expect(brokenRules(makeValidator(), rules, { ...found, fails: "no" })).toEqual([
    "/fails: must be boolean",
  ]);
});

test("docs/guides/doctor.md shows what the doctor prints for the Rails sample", async () => {
  const root = await makeRoot();
  const diagnosis = await examine(rails, { root, shownAs: "samples/rails" });
  let printed = "";
  const printer = createPrinter({
    write: (text) => (printed += text),
    style: createStyle(false),
    clock: { now: () => 0, today: () => "2026-08-06" },
    debug: false,
  });
  await printDiagnosis(printer, diagnosis);
  const shown = readPage("docs/guides/doctor.md").blocks.find(({ text }) =>
    text.startsWith("Examining"),
  );
  // A new release of Ruby does not change the page.
  const steady = (text: string) => text.replace(/Ruby [\d.]+ is a newer/, "Ruby X is a newer");
  expect(steady(shown?.text ?? "").trim()).toBe(
    steady(printed).replaceAll(root, "/srv/bookworm").trim(),
  );
});
