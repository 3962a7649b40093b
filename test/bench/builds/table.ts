import { type AppBuilds, middleSample } from "./app-builds.ts";
import { type Amount, type BuildSample, platformTime } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";

/** The results of an app as Markdown. */
export function buildsPage(builds: AppBuilds): string[] {
  return [
    `## Builds of ${builds.app}`,
    "",
    "Seconds of `bin/detect` and `bin/build`, with what a lifecycle takes around them: unpacking of the cached " +
      "layers, and archiving and hashing of the layers of the image. Each figure is of the middle build by this time.",
    "",
    ...table(...comparison(builds)),
    "",
    ...notesOf(builds),
    "### What each build took and moved",
    "",
    ...table(...details(builds)),
    "",
    ...builds.scenarios.flatMap((scenario) => timelines(builds, scenario)),
  ];
}

type Table = [header: string[], rows: string[][]];

/** Each scenario, with this version against each of the others. */
function comparison(builds: AppBuilds): Table {
  const others = builds.subjects.filter(({ name }) => name !== "now");
  const header = [
    "Situation",
    "now",
    ...others.flatMap(({ name, title }) => [title, `now ÷ ${name}`]),
  ];
  const rows = builds.scenarios.map((scenario) => {
    const now = middleSample(builds, scenario, { name: "now" });
    const compared = others.flatMap((other) => {
      const its = middleSample(builds, scenario, other) ?? withoutStore(builds, scenario, other);
      return [secondsIn(its), ratio(now, its)];
    });
    return [scenario.title, secondsIn(now), ...compared];
  });
  return [header, rows.filter((row) => row.slice(1).some((cell) => cell !== absent))];
}

/** Who has no gem store is compared by the first build. */
function withoutStore(builds: AppBuilds, scenario: Scenario, subject: { name: string }) {
  return scenario.store ? middleSample(builds, { name: "cold" }, subject) : undefined;
}

const absent = "–";

function ratio(now: BuildSample | undefined, other: BuildSample | undefined): string {
  if (!now || !other) return absent;
  return (platformTime(now) / platformTime(other)).toFixed(2);
}

function secondsIn(sample: BuildSample | undefined): string {
  return sample ? seconds(platformTime(sample)) : absent;
}

function notesOf({ scenarios, leftOut, failures }: AppBuilds): string[] {
  const lines = [
    ...(scenarios.some(({ store }) => store) ? [storeNote] : []),
    ...leftOut.map((reason) => `Not measured: ${reason}.`),
    ...failures.map((failure) => `Failed: ${failure}`),
  ];
  return lines.flatMap((line) => [line, ""]);
}

const storeNote = "Without a gem store, the time of the first build is shown.";

function details(builds: AppBuilds): Table {
  const header = [
    ...["Situation", "Build", "Restore", "`bin/build`", "Export", "Whole command", "CPU"],
    ...["Restored", "Exported", "Pushed"],
  ];
  const rows = builds.scenarios.flatMap((scenario) =>
    builds.subjects.flatMap((subject) => {
      const sample = middleSample(builds, scenario, subject);
      return sample ? [[scenario.title, subject.title, ...detailsOf(sample)]] : [];
    }),
  );
  return [header, rows];
}

function detailsOf(sample: BuildSample): string[] {
  const { restore, build, total, cpu, restored, exported, pushed } = sample;
  return [
    ...[restore, build, sample.export, total, cpu].map(seconds),
    ...[amount(restored), amount(exported)],
    `${pushed.layers} ${pushed.layers === 1 ? "layer" : "layers"}, ${megabytes(pushed.bytes)}`,
  ];
}

function amount({ files, bytes }: Amount): string {
  return `${files} files, ${megabytes(bytes)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}

/**
 * When each part of a build began and how long it took: of this version in all scenarios, and of the others where
 * only code has changed, which happens most often.
 */
function timelines(builds: AppBuilds, scenario: Scenario): string[] {
  const all = scenario.name === "controller";
  return builds.subjects.flatMap((subject) => {
    if (!all && subject.name !== "now") return [];
    const sample = middleSample(builds, scenario, subject);
    if (!sample) return [];
    const lines = sample.timeline.map(({ name, level, start, duration }) => {
      const indent = "  ".repeat(level);
      return `${seconds(start).padStart(8)}${seconds(duration).padStart(8)}  ${indent}${name}`;
    });
    const title = `### Timeline of ${subject.title}: ${scenario.title}`;
    return [title, "", "```text", "   start    took", ...lines, "```", ""];
  });
}
