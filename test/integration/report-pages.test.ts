import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../scripts/docs/browser.ts";
import { buildPage } from "../../src/report-page/build-page.ts";
import { inspectPage } from "../../src/report-page/inspect-page.ts";
import { ensureImageTools } from "../support/images/image-tools.ts";
import { numbersOf, parsePage } from "../support/parse-page.ts";
import { hostileReport, hostileText, reportStory } from "../support/report-story.ts";
import { fullRing, onlyInFullRing } from "../support/world.ts";

let browser: Browser;

beforeAll(async () => {
  if (!fullRing) return;
  await ensureImageTools("chromium");
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

const long = `${hostileText}${"x".repeat(500)}`;

const pages = {
  build: buildPage(reportStory()),
  "hostile build": buildPage(hostileReport()),
  "build with long names": buildPage(
    reportStory({ app: long, gems: [{ name: long, version: long, bytes: 1, compiled: true }] }),
  ),
  image: inspectPage({
    ...{ image: long, architecture: "amd64", os: "linux", entrypoint: [long], wasBuilt: true },
    runImage: { name: long, layers: 1, bytes: 3 },
    buildpacks: [{ id: long, version: long }],
    layers: [
      { digest: "a", bytes: 3, part: "run image" },
      { digest: "b", bytes: 5, fileBytes: 7, part: "buildpack", buildpack: long, name: long },
    ],
    processes: [{ type: long, command: [long], args: [long], buildpack: long }],
    imageEnvironment: [{ name: long, value: long }],
    environment: [{ name: long, value: long, behavior: "default", buildpack: long, layer: long }],
    software: [{ name: long, version: long, buildpack: long, layer: long }],
  }),
};

const views = Object.keys(pages).flatMap((name) =>
  [390, 1280].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ name, width, colorScheme })),
  ),
) as { name: keyof typeof pages; width: number; colorScheme: "light" | "dark" }[];

describe("in a browser", () => {
  test.for(views)(
    "the page $name at $width px in $colorScheme is no wider than the window, loads nothing and shows the numbers",
    async ({ name, width, colorScheme }, context) => {
      if (!fullRing) context.skip(onlyInFullRing);
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const unwanted: string[] = [];
      page.on("request", (request) => unwanted.push(request.url()));
      page.on("console", (message) => unwanted.push(message.text()));
      page.on("pageerror", (error) => unwanted.push(error.message));
      page.on("dialog", (dialog) => unwanted.push(dialog.message()));
      await page.setContent(pages[name]);
      expect(await page.evaluate(widest)).toBeLessThanOrEqual(width);
      const shown = await page.$$eval("data", (all) => all.map((one) => Number(one.value)));
      expect(shown).toEqual(numbersOf(parsePage(pages[name])));
      expect(shown.length).toBeGreaterThan(0);
      expect(await page.evaluate(background)).toBe(
        colorScheme === "dark" ? "rgb(23, 23, 27)" : "rgb(255, 255, 255)",
      );
      expect(unwanted).toEqual([]);
      await page.close();
    },
  );

  test("the keyboard reaches the sections, and shows where it is", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const page = await browser.newPage();
    await page.setContent(pages.build);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(focused)).toEqual(["Warnings", "solid"]);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(focused)).toEqual(["Timeline", "solid"]);
    await page.close();
  });
});

// These run in the browser, as text: the project has no types of the DOM.

const widest = `Math.max(
  document.documentElement.scrollWidth,
  ...[...document.body.querySelectorAll("*")].map((one) => Math.floor(one.getBoundingClientRect().right)),
)`;

const background = "getComputedStyle(document.body).backgroundColor";

const focused =
  "[document.activeElement.textContent, getComputedStyle(document.activeElement).outlineStyle]";
