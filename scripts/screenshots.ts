// Makes the pictures of reports for README.md: `npm run screenshots -- NAME=REPORT.json …`, where each file is
// what `lapidary build --report FILE.json` or `lapidary inspect --json` wrote.

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { buildPage } from "../src/report-page/build-page.ts";
import { inspectPage, type ShownImageFacts } from "../src/report-page/inspect-page.ts";
import type { ShownReport } from "../src/report-page/report.ts";
import { openBrowser } from "./docs/browser.ts";

const directory = join(import.meta.dirname, "../docs/images");

const views = [
  { suffix: "", width: 1280, height: 1400, colorScheme: "light" },
  { suffix: "-phone-dark", width: 390, height: 1000, colorScheme: "dark" },
] as const;

await mkdir(directory, { recursive: true });
const browser = await openBrowser();
try {
  for (const argument of process.argv.slice(2)) await takePictures(browser, argument);
} finally {
  await browser.close();
}

async function takePictures(browser: Browser, argument: string): Promise<void> {
  const [, name, file] = /^([\w-]+)=(.+)$/.exec(argument) ?? [];
  if (name === undefined || file === undefined) throw new Error("usage: NAME=REPORT.json …");
  const report = JSON.parse(await readFile(file, "utf8")) as ShownReport | ShownImageFacts;
  const html = "timeline" in report ? buildPage(report) : inspectPage(report);
  for (const { suffix, width, height, colorScheme } of views) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.setContent(html);
    await page.screenshot({ path: join(directory, `report-${name}${suffix}.png`) });
    await page.close();
  }
}
