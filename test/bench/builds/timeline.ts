import type { ReadReport } from "./read-report.ts";

/** Work with its time in milliseconds from the start of the build. A phase has level 0, a command 2. */
export interface Row {
  name: string;
  level: 0 | 1 | 2;
  start: number;
  duration: number;
}

/** Shorter commands are left out. */
const shortest = 50;

/** The phases of a build, and below the build the steps of the buildpack with their commands. */
export function timelineOf({ timeline, runs, durations }: ReadReport, log: string): Row[] {
  const phases = timeline.length > 0 ? timeline : phasesOf(durations);
  return phases.flatMap((phase) => {
    const row: Row = { ...phase, level: 0 };
    if (phase.name !== "build") return [row];
    const steps = runs.flatMap((run) => run.steps.flatMap(stepRows));
    return [row, ...steps, ...byHandRows(log, runs[0]?.start ?? phase.start)];
  });
}

/** Older versions say how long each phase took, but not when it began: one begins when the other ends. */
function phasesOf(durations: ReadReport["durations"]): Omit<Row, "level">[] {
  let start = 0;
  const phases = Object.entries(durations).filter(([name]) => name !== "total");
  return phases.map(([name, duration]) => {
    const phase = { name, start, duration };
    start += duration;
    return phase;
  });
}

function stepRows({
  title,
  start,
  duration,
  commands,
}: ReadReport["runs"][number]["steps"][number]) {
  const rows: Row[] = commands
    .filter((command) => command.duration >= shortest)
    .map((command) => ({ ...spanOf(command), name: command.text, level: 2 }));
  return [{ name: title, level: 1 as const, start, duration }, ...rows];
}

function spanOf({ start, duration }: { start: number; duration: number }) {
  return { start, duration };
}

/** The lines in which the buildpack of the commands by hand says how long each took. */
function byHandRows(log: string, begin: number): Row[] {
  let start = begin;
  return [...log.matchAll(/by hand: (.+) took (\d+) ms/g)].map(([, name = "", took]) => {
    const row: Row = { name, level: 1, start, duration: Number(took) };
    start += row.duration;
    return row;
  });
}
