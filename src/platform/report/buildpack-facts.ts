import { join } from "node:path";
import { type BuildFacts, buildFactsSchema, factsVariable } from "../../output/build-facts.ts";
import { BuildpackError } from "../../failure.ts";
import {
  lookInside,
  makeDirectoryInside,
  readUtf8Inside,
} from "../../system/inside/open-inside.ts";
import { parseJson } from "../../system/parse-json.ts";
import { discardTree } from "../../system/tree.ts";
import type { Ids, Sandbox } from "../sandbox/sandbox.ts";
import type { ReportedRun } from "./build-report.ts";

const directory = ".facts";
const file = join(directory, "facts.json");
const mostBytes = 8_000_000;

/** Makes a place for the facts of the next buildpack. Returns the variable that tells it where. */
export async function offerFacts(
  { host, inside }: Sandbox,
  owner: Ids | undefined,
): Promise<Record<string, string>> {
  await discardTree(join(host.layers, directory));
  await makeDirectoryInside(host.layers, directory, owner);
  return { [factsVariable]: join(inside.layers, file) };
}

/** The facts that a buildpack has written. Whatever else it has written there counts as nothing. */
export async function takeFacts({ host }: Sandbox): Promise<BuildFacts | undefined> {
  try {
    const size = (await lookInside(host.layers, file))?.size ?? 0;
    if (size === 0 || size > mostBytes) return undefined;
    const read = await readUtf8Inside(host.layers, file);
    const text = read.state === "text" ? read.text : undefined;
    return buildFactsSchema.safeParse(parseJson(text)).data;
  } catch (error) {
    if (error instanceof BuildpackError) return undefined;
    throw error;
  } finally {
    await discardTree(join(host.layers, directory));
  }
}

/** A run of `bin/build`, with its steps at their times in the whole build. */
export function runWith(
  facts: BuildFacts | undefined,
  { buildpack, start, duration }: Omit<ReportedRun, "steps">,
): ReportedRun {
  const moved = <T extends { start: number }>(span: T): T => ({
    ...span,
    start: start + span.start,
  });
  const steps = (facts?.steps ?? []).map((step) => {
    return { ...moved(step), commands: step.commands.map(moved) };
  });
  return { buildpack, start, duration, steps };
}
