import { formatDuration } from "../output/printer.ts";
import { type Html, markup } from "./html.ts";
import { bar, duration } from "./measures.ts";
import { table } from "./page.ts";
import type { ShownReport, ShownStep, Span } from "./report.ts";
import { prose } from "./words.ts";

interface Row extends Span {
  title: Html;
  /** How far it is inside of other rows: a phase is at 0, a command at 3. */
  level: number;
  /** Titles of the steps that ran at the same time. */
  beside?: readonly string[];
}

/** What ran when: phases, the buildpacks in them, their steps, and the commands of these. */
export function timelineOf({ timeline, runs }: Pick<ShownReport, "timeline" | "runs">): Html {
  const rows = timeline.flatMap((phase) => [
    { ...phase, title: markup`${phase.name}`, level: 0 },
    ...(phase.name === "build" ? runs.flatMap(rowsOfRun) : []),
  ]);
  const end = Math.max(0, ...rows.map(({ start, duration: length }) => start + length));
  return table(
    `Each bar begins and ends when the work did, on a scale of ${formatDuration(end)}.`,
    ["Work", { title: "Time", kind: "number" }],
    rows.map((row) => [spanOf(row, end), duration(row.duration)]),
  );
}

function rowsOfRun(run: ShownReport["runs"][number]): Row[] {
  return [
    { ...run, title: markup`${run.buildpack}`, level: 1 },
    ...run.steps.flatMap((step) => [
      { ...step, title: markup`${step.title}`, level: 2, beside: besideOf(step, run.steps) },
      ...step.commands.map((command) => ({ ...command, title: titleOf(command), level: 3 })),
    ]),
  ];
}

function titleOf({ text, failed }: ShownStep["commands"][number]): Html {
  return failed ? markup`${prose(text)} (failed)` : prose(text);
}

/** The titles of the steps that were open during a part of this one. */
export function besideOf(step: ShownStep, steps: readonly ShownStep[]): string[] {
  const overlaps = (other: ShownStep) =>
    other !== step && Math.min(endOf(step), endOf(other)) - Math.max(step.start, other.start) > 0;
  return steps.filter(overlaps).map(({ title }) => title);
}

function endOf({ start, duration: length }: Span): number {
  return start + length;
}

function spanOf({ start, duration: length, title, level, beside = [] }: Row, end: number): Html {
  const says = `from ${formatDuration(start)} to ${formatDuration(start + length)}`;
  const besides =
    beside.length > 0
      ? markup` <span class="beside">at the same time as ${beside.join(", ")}</span>`
      : undefined;
  return markup`<div class="span level-${level}">
    <span>${title}${besides}</span>${bar(start / end, (start + length) / end, says)}
  </div>`;
}
