import { environmentOf, gemsOf, processesOf, pushOf, stepsOf, warningsOf } from "./contents.ts";
import { type Html, markup } from "./html.ts";
import { isKept, layersOf } from "./layers.ts";
import { duration, number, size } from "./measures.ts";
import { pageOf } from "./page.ts";
import type { ShownReport } from "./report.ts";
import { timelineOf } from "./timeline.ts";

/** The page about a build, made from its report alone. */
export function buildPage(report: ShownReport): string {
  const { app, date, warnings, layers, gems, image, runs, environment } = report;
  const names = report.buildpacks.map(({ id, version }) => `${id} ${version}`).join(", ");
  return pageOf({
    title: `Build of ${app}`,
    lead: markup`Built on ${date} with ${names}.`,
    figures: figuresOf(report),
    sections: [
      ...(warnings.length > 0
        ? [{ id: "warnings", heading: "Warnings", body: warningsOf(warnings) }]
        : []),
      { id: "timeline", heading: "Timeline", body: timelineOf(report) },
      { id: "layers", heading: "Layers", body: layersOf(layers) },
      { id: "push", heading: "What a push sends", body: pushOf(image) },
      { id: "gems", heading: "Gems", body: gemsOf(gems) },
      { id: "processes", heading: "Processes", body: processesOf(report) },
      { id: "environment", heading: "Environment", body: environmentOf(environment) },
      { id: "steps", heading: "What each step said", body: stepsOf(runs) },
    ],
  });
}

function figuresOf({ durations, layers, gems, image, warnings }: ShownReport): [string, Html][] {
  const present = layers.filter(({ fate }) => fate !== "removed");
  return [
    ["Time", duration(durations.total)],
    ["Layers kept", markup`${number(present.filter(isKept).length)} of ${number(present.length)}`],
    ...(gems.length > 0 ? [["Gems", number(gems.length)] as [string, Html]] : []),
    ...(image ? [["A push sends", size(image.newBytes)] as [string, Html]] : []),
    ["Warnings", number(warnings.length)],
  ];
}
