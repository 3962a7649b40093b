import { expect, test } from "vitest";
import { jobSummary } from "../../../src/report-page/job-summary.ts";
import { hostileReport, reportStory } from "../../support/report-story.ts";

test("shows the facts of the report in Markdown", () => {
  expect(jobSummary(reportStory())).toBe(`## Build of shop

Built in 10.1s. Kept 1 of 2 layers.

A registry that has the last image gets 12.3 MB, and has 23.5 kB already. Digest: <code>sha256&#58;${"a".repeat(64)}</code>

> [!WARNING]
> Old&#46; Update&#46;

| Layer | Size | What happened |
| --- | --- | --- |
| gems | 34.6 MB | rebuilt, because &#96;Gemfile&#46;lock&#96; changed |
| ruby | 123.5 MB | kept |
| old | 1.2 kB | removed |

| Largest of 2 gems | Size |
| --- | --- |
| nokogiri 1&#46;18&#46;1 | 8.8 MB |
| rack 3&#46;1&#46;0 | 654.3 kB |

| Process | Command |
| --- | --- |
| web (default) | <code>bin/rails server</code> |

`);
});

test("text of the app is neither Markdown nor HTML", () => {
  const summary = jobSummary(hostileReport());
  const tags = new Set(summary.match(/<[^>]*>/g));
  expect(tags).toEqual(new Set(["<code>", "</code>"]));
  expect(summary).not.toMatch(/\]\(|javascript:|`|\u202E/);
  for (const line of summary.split("\n").filter((text) => text.startsWith("|"))) {
    expect([3, 4]).toContain(line.split("|").length - 1);
  }
});

test("text of the app becomes no link, heading or rule", () => {
  const [warning] = reportStory().warnings;
  if (!warning) throw new Error("the story has no warning");
  const texts = [
    "www.evil.example/login",
    "ann@evil.example",
    "---",
    "===",
    "https://evil.example",
  ];
  const warnings = texts.map((text) => ({ ...warning, text }));
  const shown = jobSummary(reportStory({ warnings })).split("\n");
  const lines = shown.filter((line) => line.startsWith("> ") && !line.includes("[!WARNING]"));
  expect(lines).toHaveLength(texts.length);
  for (const line of lines) expect(line).not.toMatch(/www\.|@|\.example|--|==|&#64;(?!&#8203;)/);
});

test("stays below the size that GitHub takes", () => {
  const [layer] = reportStory().layers;
  const [warning] = reportStory().warnings;
  if (!layer || !warning) throw new Error("the story has no layer or warning");
  const layers = Array.from({ length: 5000 }, () => ({ ...layer, name: "x".repeat(10_000) }));
  const warnings = Array.from({ length: 5000 }, () => ({ ...warning, text: "<".repeat(10_000) }));
  const summary = jobSummary(reportStory({ layers, warnings }));
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary).toContain("And 4950 more.");
});
