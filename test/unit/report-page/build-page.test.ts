import { describe, expect, test } from "vitest";
import { buildPage } from "../../../src/report-page/build-page.ts";
import {
  elementsNamed,
  elementsOf,
  numbersOf,
  parsePage,
  sectionNamed,
  textOf,
} from "../../support/parse-page.ts";
import { hostileReport, hostileText, reportStory } from "../../support/report-story.ts";

const report = reportStory();
const page = parsePage(buildPage(report));
const section = (id: string) => sectionNamed(page, id);

describe("the numbers on the page are those of the report", () => {
  test("at the top", () => {
    const [figures] = elementsNamed(page, "dl");
    const expected = [report.durations.total, 1, 2, report.gems.length, report.image?.newBytes, 1];
    expect(figures && numbersOf(figures)).toEqual(expected);
  });

  test("sizes of layers, gems and the image", () => {
    expect(numbersOf(section("layers"))).toEqual(report.layers.map(({ bytes }) => bytes));
    expect(numbersOf(section("gems"))).toEqual([2, 9_419_753, 8_765_432, 654_321]);
    expect(numbersOf(section("push"))).toEqual([12_345_678, 23_456, 12_345_678, 23_456]);
  });

  test("times of phases, buildpacks, steps and commands, in the order of the work", () => {
    expect(numbersOf(section("timeline"))).toEqual([200, 9000, 8900, 3000, 1000, 4000, 3800, 1500]);
  });

  test("are written for people too", () => {
    expect(textOf(section("layers"))).toContain("123.5 MB");
    expect(textOf(section("timeline"))).toContain("Running bundle install 3.8s");
  });
});

describe("the page says", () => {
  test("what happened to each layer, and why", () => {
    const rows = elementsNamed(section("layers"), "tr").map(textOf);
    expect(rows[1]).toMatch(/^gems launch, cache 34\.6 MB rebuilt, because Gemfile\.lock changed$/);
    expect(rows[2]).toMatch(/kept$/);
    expect(rows[3]).toMatch(/removed$/);
  });

  test("what ran at the same time", () => {
    const rows = elementsNamed(section("timeline"), "tr").map(textOf);
    expect(rows.filter((row) => row.includes("at the same time"))).toEqual([
      "Ruby at the same time as jemalloc 3.0s",
      "jemalloc at the same time as Ruby 1.0s",
    ]);
  });

  test("warnings with their fixes, processes, variables, and no value that may be secret", () => {
    expect(textOf(section("warnings"))).toContain("Old. Update.");
    expect(textOf(section("processes"))).toContain("web default bin/rails server");
    const rows = elementsNamed(section("environment"), "tr").map(textOf);
    expect(rows[1]).toBe("RAILS_ENV production default, by variables");
    expect(rows[2]).toBe("SECRET_KEY_BASE not shown default, by secret-key-base");
  });

  test("that there is no image, no gem, no warning and no process, if there is none", () => {
    const { image: _image, ...bare } = reportStory({
      ...{ layers: [], gems: [], warnings: [], processes: [], environment: [], runs: [] },
    });
    const text = textOf(parsePage(buildPage(bare)));
    expect(text).toContain("This build exported no image.");
    expect(text).toContain("The buildpacks made no layers.");
    expect(text).not.toContain("NaN");
  });
});

describe("the page can be read by everybody", () => {
  test("headings go down one level at a time, and each section is named by its own", () => {
    const headings = elementsOf(page).filter(({ name }) => /^h[1-6]$/.test(name));
    expect(headings.map(({ name }) => name)).toEqual(["h1", ...headings.slice(1).map(() => "h2")]);
    const ids = new Set(elementsOf(page).map(({ attributes }) => attributes["id"]));
    for (const { attributes } of elementsNamed(page, "section")) {
      expect(ids).toContain(attributes["aria-labelledby"]);
    }
    for (const { attributes } of elementsNamed(page, "a")) {
      expect(ids).toContain(attributes["href"]?.slice(1));
    }
  });

  test("tables have captions and headings of rows and columns", () => {
    for (const table of elementsNamed(page, "table")) {
      expect(elementsNamed(table, "caption")).toHaveLength(1);
      for (const { attributes } of elementsNamed(table, "th")) {
        expect(attributes["scope"]).toMatch(/^(row|col)$/);
      }
    }
  });

  test("each drawing has a text in its place, or only decorates", () => {
    const drawings = elementsNamed(page, "svg");
    const texts = drawings.map(({ attributes }) => attributes["aria-label"]);
    expect(texts).toContain("from 0.1s to 0.3s");
    for (const { attributes } of drawings) {
      const isDecoration = attributes["aria-hidden"] === "true";
      expect(isDecoration).toBe(attributes["role"] === undefined);
    }
  });

  test("it names its language, and follows the choice of light or dark", () => {
    expect(elementsNamed(page, "html")[0]?.attributes["lang"]).toBe("en");
    expect(buildPage(report)).toContain("@media (prefers-color-scheme: dark)");
  });
});

describe("an app cannot change the page", () => {
  const hostile = buildPage(hostileReport());
  const names = (text: string) => elementsOf(parsePage(text)).map(({ name }) => name);

  test("hostile names make the same elements as harmless ones", () => {
    expect(new Set(names(hostile))).toEqual(new Set(names(buildPage(report))));
    expect(names(hostile)).not.toContain("script");
    expect(names(hostile)).not.toContain("img");
    expect(hostile).not.toContain("<!--");
  });

  test("they are shown as they are, but for characters that no page may hold", () => {
    const text = textOf(parsePage(hostile));
    expect(text).toContain(hostileText.slice(0, 60));
    expect(hostile).not.toContain("\u202E");
    expect(hostile).not.toContain("\u0000");
    expect(hostile.isWellFormed()).toBe(true);
  });

  test("the page loads and runs nothing, and its policy forbids it", () => {
    const metas = elementsNamed(page, "meta");
    const policy = metas.find(({ attributes }) => attributes["http-equiv"]);
    expect(policy?.attributes).toEqual({
      "http-equiv": "Content-Security-Policy",
      content: "default-src 'none'; style-src 'unsafe-inline'",
    });
    for (const { attributes } of elementsOf(parsePage(hostile))) {
      expect(Object.keys(attributes).filter((name) => /^on|^src|^style$/.test(name))).toEqual([]);
      if (attributes["href"] !== undefined) expect(attributes["href"]).toMatch(/^#[a-z]+$/);
    }
    expect(buildPage(report)).not.toMatch(/url\(|@import|https?:/);
  });
});
