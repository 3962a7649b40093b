import { readReport, pushedLayers } from "./read-report.ts";
import { amountOf, exportTime, flushWrites, packLayers, restoreTime } from "./lifecycle-cost.ts";
import type { Place } from "./place.ts";
import { runTimed } from "./run-timed.ts";
import type { BuildSample } from "./sample.ts";
import { cachedLayers, exportedLayers } from "./stored-layers.ts";
import { timelineOf } from "./timeline.ts";

/** Builds the app in its place by a command line, and measures it and the cost of a lifecycle around it. */
export async function buildOnce(place: Place, words: readonly string[]): Promise<BuildSample> {
  const cached = await cachedLayers(place.state);
  const restored = await amountOf(cached);
  const archives = `${place.root}/archives`;
  await packLayers(cached, archives);
  await flushWrites();
  const restore = await restoreTime(archives);
  await flushWrites();
  const { total, cpu, log } = await runTimed(words, place.root);
  const report = await readReport(place.report);
  const layers = await exportedLayers(place.state, report);
  const { detect = 0, build = 0 } = report.durations;
  return {
    ...{ total, cpu, detect, build, restore },
    export: await exportTime(layers),
    restored,
    exported: await amountOf(layers),
    pushed: pushedLayers(report),
    timeline: timelineOf(report, log),
  };
}
