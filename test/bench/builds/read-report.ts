import { readFile } from "node:fs/promises";
import * as z from "zod";

const span = { start: z.number(), duration: z.number() };
const command = z.object({ ...span, text: z.string() });
const step = z.object({ ...span, title: z.string(), commands: z.array(command) });
const types = z.object({ launch: z.boolean(), cache: z.boolean() });

const layer = z.object({
  buildpack: z.string(),
  name: z.string(),
  types,
  fate: z.string(),
  because: z.array(z.string()).optional(),
});

/** What the benchmark reads of a report. Older versions have no timeline and no runs. */
const reportSchema = z.object({
  durations: z.record(z.string(), z.number()),
  timeline: z.array(z.object({ ...span, name: z.string() })).default([]),
  runs: z.array(z.object({ ...span, steps: z.array(step) })).default([]),
  layers: z.array(layer),
  image: z.object({ layers: z.array(z.object({ bytes: z.number(), reused: z.boolean() })) }),
});

export type ReadReport = z.output<typeof reportSchema>;

/** Reads what `--report FILE.json` has written. */
export async function readReport(path: string): Promise<ReadReport> {
  return reportSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

/**
 * Whether an exporter has to read a launch layer. It does not if the build only left the layer's
 * metadata, because the last image has its content.
 */
export function hasContent({
  types: { launch, cache },
  fate,
  because = [],
}: ReadReport["layers"][number]) {
  if (!launch || fate === "removed" || fate === "temporary") return false;
  return cache || fate !== "reused" || because.length > 0;
}

/** The layers that a push sends. */
export function pushedLayers({ image }: Pick<ReadReport, "image">): {
  layers: number;
  bytes: number;
} {
  const sent = image.layers.filter(({ reused }) => !reused);
  return { layers: sent.length, bytes: sent.reduce((sum, { bytes }) => sum + bytes, 0) };
}
