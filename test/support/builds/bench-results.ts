import type { AppBuilds } from "../../bench/builds/app-builds.ts";
import type { BuildSample } from "../../bench/builds/sample.ts";
import { scenarios } from "../../bench/builds/scenarios.ts";
import type { Row } from "../../bench/builds/timeline.ts";

const timeline: Row[] = [
  { name: "build", level: 0, start: 300, duration: 1000 },
  { name: "rake -P", level: 2, start: 450, duration: 600 },
];

/** A build whose times are these many milliseconds. */
export function sampleOf(build: number, [restore, exportTime] = [100, 200]): BuildSample {
  return {
    ...{ total: build + 50, cpu: build * 2, detect: 0, build, restore, export: exportTime },
    restored: { files: 14_300, bytes: 153_000_000 },
    exported: { files: 9700, bytes: 115_000_000 },
    pushed: { layers: 1, bytes: 136_000 },
    timeline,
  };
}

/** Results of an app: an older version, this one, and the commands by hand, in some scenarios. */
export function resultsOf(changes: Partial<AppBuilds> = {}): AppBuilds {
  return {
    app: "shop",
    subjects: [
      { name: "base", title: "base (1234567)" },
      { name: "now", title: "now" },
      { name: "by hand", title: "by hand" },
    ],
    scenarios: scenarios.filter(({ name }) =>
      ["cold", "unchanged", "controller", "ruby", "cold-store"].includes(name),
    ),
    samples: new Map([
      ["cold/base", [sampleOf(39_700)]],
      ["cold/now", [sampleOf(29_700)]],
      ["cold/by hand", [sampleOf(33_700)]],
      ["unchanged/base", [sampleOf(9700), sampleOf(3700), sampleOf(2700)]],
      ["unchanged/now", [sampleOf(1700), sampleOf(5700), sampleOf(700)]],
      ["unchanged/by hand", [sampleOf(2200), sampleOf(1200), sampleOf(3200)]],
      ["cold-store/now", [sampleOf(3700)]],
    ]),
    leftOut: ["newer Ruby: there is none"],
    failures: [],
    ...changes,
  };
}
