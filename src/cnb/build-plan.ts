import { writeFile } from "node:fs/promises";
import { stringifyToml } from "../toml.ts";

/** Something that this or another buildpack must provide, with metadata for it. */
export interface Require {
  name: string;
  metadata?: Record<string, unknown> | undefined;
}

/** One combination of provided and required things. */
export interface BuildPlanAlternative {
  provides: { name: string }[];
  requires: Require[];
}

/** What the buildpack provides and requires, and alternatives, the best first. */
export interface BuildPlan extends BuildPlanAlternative {
  or: BuildPlanAlternative[];
}

/**
 * Writes the build plan into the platform's file, without replacing the file. The file of an empty plan is
 * empty.
 */
export async function writeBuildPlan(path: string, plan: BuildPlan): Promise<void> {
  const document = { ...onDisk(plan), or: noneIfEmpty(plan.or.map(onDisk)) };
  await writeFile(path, stringifyToml(document));
}

function onDisk({ provides, requires }: BuildPlanAlternative): object {
  return { provides: noneIfEmpty(provides), requires: noneIfEmpty(requires) };
}

function noneIfEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
