import { expect, test } from "vitest";
import type { ReadReport } from "../../bench/builds/read-report.ts";
import { timelineOf } from "../../bench/builds/timeline.ts";

const none: ReadReport = {
  ...{ durations: {}, timeline: [], runs: [], layers: [] },
  image: { layers: [] },
};

test("has the steps of the buildpack below the build, and their commands below them", () => {
  const commands = [
    { text: "bundle install", start: 320, duration: 900 },
    { text: "bundle list", start: 1220, duration: 49 },
  ];
  const report: ReadReport = {
    ...none,
    timeline: [
      { name: "restore", start: 0, duration: 300 },
      { name: "build", start: 300, duration: 1000 },
    ],
    runs: [
      {
        start: 300,
        duration: 1000,
        steps: [{ title: "Gems", start: 310, duration: 980, commands }],
      },
    ],
  };
  expect(timelineOf(report, "")).toEqual([
    { name: "restore", level: 0, start: 0, duration: 300 },
    { name: "build", level: 0, start: 300, duration: 1000 },
    { name: "Gems", level: 1, start: 310, duration: 980 },
    { name: "bundle install", level: 2, start: 320, duration: 900 },
  ]);
});

test("has the phases one after the other if the report only says how long they took", () => {
  const report = { ...none, durations: { detect: 20, build: 80, total: 130 } };
  expect(timelineOf(report, "")).toEqual([
    { name: "detect", level: 0, start: 0, duration: 20 },
    { name: "build", level: 0, start: 20, duration: 80 },
  ]);
});

test("has the commands by hand, which say in the log how long they took", () => {
  const report = {
    ...none,
    timeline: [{ name: "build", start: 10, duration: 500 }],
    runs: [{ start: 10, duration: 500, steps: [] }],
  };
  const log = "by hand: bundle install took 300 ms\nFetching\n  by hand: rake -P took 150 ms\n";
  expect(timelineOf(report, log).slice(1)).toEqual([
    { name: "bundle install", level: 1, start: 10, duration: 300 },
    { name: "rake -P", level: 1, start: 310, duration: 150 },
  ]);
});
