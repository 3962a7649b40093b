import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { troubleshootingDoc } from "../../../scripts/docs/troubleshooting-doc.ts";

const page = readFileSync(new URL("../../../docs/troubleshooting.md", import.meta.url), "utf8");
const source = readFileSync(new URL("../../../src/failure.ts", import.meta.url), "utf8");
// Prettier adds empty lines.
const squeezed = (text: string) => text.replace(/\n+/g, "\n");

test("docs/troubleshooting.md is what `node scripts/docs/troubleshooting-doc.ts` writes", async () => {
  expect(squeezed(page)).toBe(squeezed(await troubleshootingDoc()));
});

test("docs/troubleshooting.md has a heading for every code of an error", () => {
  const codes = [...source.matchAll(/^ {2}"([a-z-]+\/[a-z-]+)": /gm)].map(([, code = ""]) => code);
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code) => !page.includes(`\n### ${code}\n`))).toEqual([]);
});
