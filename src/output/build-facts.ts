import * as z from "zod";

const text = z.string().max(4000);
const texts = z.array(text).max(500);
const milliseconds = z.number().nonnegative();
const span = { start: milliseconds, duration: milliseconds };

/** Work that a step waited for, such as a command or a download. */
const reportedCommand = z.object({ ...span, text, failed: z.boolean() });

const reportedStep = z.object({
  ...span,
  title: text,
  commands: z.array(reportedCommand).max(500),
  notes: texts,
  /** Each may have several lines. */
  warnings: texts,
});

const reportedGem = z.object({
  name: text,
  /** With the platform of the gem, if it has one. */
  version: text,
  /** The sum of the sizes of its files, compiled extensions included. */
  bytes: milliseconds,
  /** Whether it has an extension that was compiled when it was installed. */
  compiled: z.boolean(),
});

/** The variable by which the local platform tells our buildpack in which file it wants these facts. */
export const factsVariable = "LAPIDARY_BUILD_FACTS";

/**
 * What a build of our buildpack did, as it tells the platform: titles and texts as in the log, without
 * values that the log hides. Times are in milliseconds; starts are relative to the start of the buildpack.
 */
export const buildFactsSchema = z.object({
  steps: z.array(reportedStep).max(200),
  /** Why layers are made anew. No reason: the layer is kept. */
  layers: z.array(z.object({ name: text, because: texts })).max(200),
  gems: z.array(reportedGem).max(10_000),
});

export type BuildFacts = z.output<typeof buildFactsSchema>;
export type ReportedCommand = z.output<typeof reportedCommand>;
export type ReportedStep = z.output<typeof reportedStep>;
export type ReportedGem = z.output<typeof reportedGem>;
