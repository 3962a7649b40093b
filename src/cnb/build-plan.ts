import { writeFile } from "node:fs/promises";
import { stringifyToml } from "../toml.ts";

/** Something that a later or the same buildpack must provide, and what it should know of it. */
export interface Require {
  name: string;
  metadata?: Record<string, unknown> | undefined;
}

/** One way in which the group may be put together. */
export interface BuildPlanAlternative {
  provides: { name: string }[];
  requires: Require[];
}

/** What detect offers and asks for, and its alternatives, best first. */
export interface BuildPlan extends BuildPlanAlternative {
  or: BuildPlanAlternative[];
}

/**
 * Writes the build plan into the file that the platform has made, whose mode, owner and mounts stay.
 * A plan that says nothing leaves the file empty, which provides and requires nothing.
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
