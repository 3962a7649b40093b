import { expect, test } from "vitest";
import { buildsPage } from "../../bench/builds/table.ts";
import { resultsOf, sampleOf } from "../../support/builds/bench-results.ts";

const page = buildsPage(resultsOf());

function rowsOf(lines: readonly string[], header: string): string[][] {
  const from = lines.findIndex((line) => line.startsWith(header));
  const rows = lines.slice(from + 2);
  const cells = rows.slice(0, rows.indexOf("")).map((line) => line.slice(2, -2).split(" | "));
  return cells;
}

test("compares this version with the others, by the middle of their builds", () => {
  const header = "| Situation | now | base (1234567) | now ÷ base | by hand | now ÷ by hand |";
  expect(page).toContain(header);
  const [first, unchanged] = rowsOf(page, header);
  expect(first).toEqual(["first build", "30.00", "40.00", "0.75", "34.00", "0.88"]);
  // The builds in the middle take 2, 4 and 2.5 seconds.
  expect(unchanged).toEqual(["nothing changed", "2.00", "4.00", "0.50", "2.50", "0.80"]);
});

test("compares a build with a gem store with the first builds of what has no store", () => {
  const store = rowsOf(page, "| Situation | now |").at(-1);
  const title = "first build, full gem store";
  expect(store).toEqual([title, "4.00", "40.00", "0.10", "34.00", "0.12"]);
});

test("says what was not measured and what failed, and has no row for it", () => {
  const failures = ["shop, nothing, by hand: no space left on device"];
  const lines = buildsPage(resultsOf({ failures }));
  expect(lines).toContain("Not measured: newer Ruby: there is none.");
  expect(lines).toContain("Failed: shop, nothing, by hand: no space left on device");
  expect(lines.filter((line) => line.startsWith("| newer Ruby"))).toEqual([]);
});

test("has a dash where nothing can be compared", () => {
  const samples = new Map([["unchanged/now", [sampleOf(1700)]]]);
  const rows = rowsOf(buildsPage(resultsOf({ samples })), "| Situation | now |");
  expect(rows).toEqual([["nothing changed", "2.00", "–", "–", "–", "–"]]);
});

test("says what each build took and moved", () => {
  const [first] = rowsOf(page, "| Situation | Build |");
  expect(first).toEqual([
    ...["first build", "base (1234567)", "0.10", "39.70", "0.20", "39.75", "79.40"],
    ...["14300 files, 153.0 MB", "9700 files, 115.0 MB", "1 layer, 0.1 MB"],
  ]);
});

test("shows when each part of a build began and how long it took", () => {
  const from = page.indexOf("### Timeline of now: nothing changed");
  expect(page.slice(from, from + 7)).toEqual([
    ...["### Timeline of now: nothing changed", "", "```text", "   start    took"],
    ...["    0.30    1.00  build", "    0.45    0.60      rake -P", "```"],
  ]);
});

test("shows those parts of the other builds only for a change of code", () => {
  const samples = new Map(
    ["unchanged", "controller"].flatMap((scenario) => [
      [`${scenario}/now`, [sampleOf(1)]] as const,
      [`${scenario}/by hand`, [sampleOf(2)]] as const,
    ]),
  );
  const titles = buildsPage(resultsOf({ samples })).filter((line) => line.includes("Timeline"));
  expect(titles).toEqual([
    "### Timeline of now: nothing changed",
    "### Timeline of now: one line of a controller",
    "### Timeline of by hand: one line of a controller",
  ]);
});
