import { expect, test } from "vitest";
import { buildsPicture } from "../../bench/builds/picture.ts";
import { resultsOf } from "../../support/builds/bench-results.ts";

const svg = buildsPicture([resultsOf()]);

function widths(kind: string): number[] {
  const rects = svg.matchAll(
    new RegExp(`<rect class="${kind}" x="[\\d.]+" y="(\\d+)" width="([\\d.]+)"`, "g"),
  );
  // The first one is in the legend.
  return [...rects].slice(1).map(([, , width]) => Number(width));
}

test("has a bar for each build, with its time, in the order of the subjects", () => {
  const values = [...svg.matchAll(/class="value"[^>]*>([\d.]+ s)</g)].map(([, value]) => value);
  expect(values).toEqual(["4.0 s", "2.0 s", "2.5 s", "40.0 s", "30.0 s", "34.0 s", "4.0 s"]);
});

test("the bars of a group are as long as their builds, in parts", () => {
  const [base = 0, now = 0] = widths("build");
  expect(base / now).toBeCloseTo(3700 / 1700, 1);
  const [restore = 0] = widths("restore");
  const [exported = 0] = widths("export");
  expect(exported / restore).toBeCloseTo(2, 1);
  expect(base / exported).toBeCloseTo(3700 / 200, 0);
});

test("no bar is wider than the picture", () => {
  const ends = [...svg.matchAll(/x="([\d.]+)" y="\d+" width="([\d.]+)"/g)];
  expect(ends.length).toBeGreaterThan(7);
  for (const [, x, width] of ends) expect(Number(x) + Number(width)).toBeLessThanOrEqual(760);
});

test("has colours for light and for dark pages", () => {
  expect(svg).toMatch(/\.page \{ fill: #ffffff \}/);
  expect(svg).toMatch(/prefers-color-scheme: dark\) \{[^@]*\.page \{ fill: #0d1117 \}/);
});

test("names of apps cannot add elements", () => {
  const other = buildsPicture([resultsOf({ app: "<script>&" })]);
  expect(other).toContain("Builds after a change: &lt;script>&amp;");
});
