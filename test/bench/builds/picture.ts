import { type AppBuilds, middleSample } from "./app-builds.ts";
import { type BuildSample, platformTime } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";

const width = 760;
const [left, right] = [120, 70];
const [barHeight, barStep, groupGap] = [14, 18, 34];

/**
 * The results of apps as a picture: a bar for each build, in groups by what changed. First builds take so much
 * longer that they have a scale of their own. It follows the light or dark setting of the reader.
 */
export function buildsPicture(apps: readonly AppBuilds[]): string {
  const parts: string[] = [];
  let top = 34;
  for (const builds of apps) {
    for (const panel of panels) {
      const drawn = drawPanel(builds, panel, top);
      parts.push(...drawn.parts);
      top = drawn.bottom;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-labelledby="title">`,
    `<title id="title">Seconds that builds take</title>`,
    style,
    `<rect class="page" width="${width}" height="${top}"/>`,
    ...legend(),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

const panels = [
  { title: "Builds after a change", has: ({ finds }: Scenario) => finds === "build" },
  { title: "Builds without a cache", has: ({ finds }: Scenario) => finds !== "build" },
];

interface Bar {
  title: string;
  sample: BuildSample;
}

function drawPanel(builds: AppBuilds, { title, has }: (typeof panels)[number], top: number) {
  const groups = builds.scenarios
    .filter(has)
    .map((scenario) => ({ title: scenario.title, bars: barsOf(builds, scenario) }))
    .filter(({ bars }) => bars.length > 0);
  if (groups.length === 0) return { parts: [], bottom: top };
  const times = groups.flatMap(({ bars }) => bars.map(({ sample }) => platformTime(sample)));
  const scale = (width - left - right) / Math.max(...times);
  const parts = [text(`${title}: ${builds.app}`, { x: 12, y: top + 22, kind: "panel" })];
  let y = top + groupGap;
  for (const group of groups) {
    parts.push(text(group.title, { x: 12, y: y + 16, kind: "group" }));
    y += 24;
    for (const bar of group.bars) {
      parts.push(...drawBar(bar, y, scale));
      y += barStep;
    }
    y += 6;
  }
  return { parts, bottom: y + 8 };
}

function barsOf(builds: AppBuilds, scenario: Scenario): Bar[] {
  return builds.subjects.flatMap((subject) => {
    const sample = middleSample(builds, scenario, subject);
    return sample ? [{ title: subject.title, sample }] : [];
  });
}

/** Restore, build and export, one after the other. */
function drawBar({ title, sample }: Bar, y: number, scale: number): string[] {
  const lengths = [sample.restore, sample.detect + sample.build, sample.export];
  let x = left;
  const rects = lengths.map((length, index) => {
    const rect = `<rect class="${kinds[index]}" x="${round(x)}" y="${y}" width="${round(length * scale)}" height="${barHeight}"/>`;
    x += length * scale;
    return rect;
  });
  const seconds = `${(platformTime(sample) / 1000).toFixed(1)} s`;
  const baseline = y + barHeight - 3;
  return [
    text(title, { x: left - 8, y: baseline, kind: "name" }),
    ...rects,
    text(seconds, { x: x + 6, y: baseline, kind: "value" }),
  ];
}

const kinds = ["restore", "build", "export"] as const;

function legend(): string[] {
  return kinds.flatMap((kind, index) => {
    const x = left + index * 100;
    return [
      `<rect class="${kind}" x="${x}" y="12" width="12" height="12"/>`,
      text(kind, { x: x + 18, y: 22, kind: "value" }),
    ];
  });
}

function text(words: string, { x, y, kind }: { x: number; y: number; kind: string }): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}">${escaped}</text>`;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}

const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.panel { font-size: 15px; font-weight: 600 }
.group { font-weight: 600 }
.name { text-anchor: end }
.page { fill: #ffffff }
.restore { fill: #80ccff }
.build { fill: #0969da }
.export { fill: #8250df }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .restore { fill: #79c0ff }
  .build { fill: #1f6feb }
  .export { fill: #a371f7 }
}
</style>`;
