import type { WholeReport } from "../../src/cli/report-file.ts";

const launch = { launch: true, build: false, cache: true };
const buildpack = "lapidary/ruby";

/** The report of a build in which Ruby and jemalloc were installed side by side. */
export function reportStory(changes: Partial<WholeReport> = {}): WholeReport {
  return {
    app: "shop",
    date: "2026-01-02",
    platformApi: "0.12",
    buildpacks: [{ id: buildpack, version: "0.1.0" }],
    processes: [{ type: "web", command: ["bin/rails", "server"], args: [], buildpack }],
    defaultProcess: "web",
    layers: [
      {
        ...{ buildpack, name: "gems", types: launch, bytes: 34_567_890, fate: "changed" },
        because: ["`Gemfile.lock` changed"],
      },
      { buildpack, name: "ruby", types: launch, bytes: 123_456_789, fate: "reused", because: [] },
      { buildpack, name: "old", types: launch, bytes: 1234, fate: "removed" },
    ],
    durations: {
      ...{ prepare: 100, detect: 200, restore: 300, build: 9000, store: 400, tidy: 0 },
      total: 10_050,
    },
    timeline: [
      { name: "detect", start: 100, duration: 200 },
      { name: "build", start: 600, duration: 9000 },
      { name: "export", start: 10_050, duration: 1500 },
    ],
    runs: [
      {
        ...{ buildpack, start: 650, duration: 8900 },
        steps: [
          {
            ...{
              title: "Ruby",
              start: 700,
              duration: 3000,
              notes: ["Using `3.4.5`"],
              warnings: [],
            },
            commands: [],
          },
          {
            ...{ title: "jemalloc", start: 800, duration: 1000, notes: [], warnings: [] },
            commands: [],
          },
          {
            ...{
              title: "Gems",
              start: 3700,
              duration: 4000,
              notes: [],
              warnings: ["Old.\nUpdate."],
            },
            commands: [
              { text: "Running `bundle install`", start: 3750, duration: 3800, failed: false },
            ],
          },
        ],
      },
    ],
    gems: [
      { name: "nokogiri", version: "1.18.1", bytes: 8_765_432, compiled: true },
      { name: "rack", version: "3.1.0", bytes: 654_321, compiled: false },
    ],
    environment: [
      {
        name: "RAILS_ENV",
        value: "production",
        behavior: "default",
        buildpack,
        layer: "variables",
      },
      { name: "SECRET_KEY_BASE", behavior: "default", buildpack, layer: "secret-key-base" },
    ],
    warnings: [{ from: buildpack, step: "Gems", text: "Old.\nUpdate." }],
    image: {
      digest: `sha256:${"a".repeat(64)}`,
      layers: [
        {
          ...{ name: "Layer: 'gems', Created by buildpack: lapidary/ruby@0.1.0", reused: false },
          ...{ diffId: "sha256:1", digest: "sha256:2", bytes: 12_345_678 },
        },
        {
          ...{ name: "Application Layer", diffId: "sha256:3", digest: "sha256:4" },
          ...{ bytes: 23_456, reused: true },
        },
      ],
      newBytes: 12_345_678,
      reusedBytes: 23_456,
    },
    ...changes,
  };
}

/** What breaks out of text, attributes, comments, scripts and styles, and turns text around. */
export const hostileText = `"'><script>alert(1)</script><img src=x onerror=alert(1)>--><!-- </style></title> &lt; \u202Eevil \u0000\uD800 [a](javascript:1) |x| \`b`;

/** A report in which everything that comes from an app or a buildpack is hostile. */
export function hostileReport(): WholeReport {
  const spoil = (value: unknown): unknown => {
    if (typeof value === "string") return kept.has(value) ? value : hostileText;
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoil(one)]));
  };
  const report = reportStory();
  const timeline = [...report.timeline];
  return { ...(spoil(report) as WholeReport), timeline };
}

const kept = new Set(["changed", "reused", "removed", "default"]);
