import * as z from "zod";
import { fillTomlFile } from "./toml-file.ts";

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

const name = z.string().min(1);

const requireOnDisk = z.object({
  name,
  metadata: z.record(z.string(), z.unknown()).optional(),
  version: z.undefined({ error: "belongs into the entry's `metadata`" }).optional(),
});

const alternativeOnDisk = z.object({
  provides: z.array(z.object({ name })).optional(),
  requires: z.array(requireOnDisk).optional(),
});

const alternative = z.object({
  provides: z.array(z.object({ name })),
  requires: z.array(z.object({ name, metadata: z.record(z.string(), z.unknown()).optional() })),
});

/** Build Plan (TOML). A missing table is an empty list, and an empty list is left out. */
export const buildPlanCodec = z.codec(
  alternativeOnDisk.extend({ or: z.array(alternativeOnDisk).optional() }),
  alternative.extend({ or: z.array(alternative) }),
  {
    decode: (disk) => ({ ...decodeAlternative(disk), or: (disk.or ?? []).map(decodeAlternative) }),
    encode: (plan) => ({
      ...encodeAlternative(plan),
      or: noneIfEmpty(plan.or.map(encodeAlternative)),
    }),
  },
);

/**
 * Writes the build plan into the file that the platform has made. A plan that says nothing leaves
 * the file empty, which provides and requires nothing.
 */
export async function writeBuildPlan(path: string, plan: BuildPlan): Promise<void> {
  await fillTomlFile(path, buildPlanCodec, plan);
}

function decodeAlternative(disk: z.output<typeof alternativeOnDisk>): BuildPlanAlternative {
  return { provides: disk.provides ?? [], requires: disk.requires ?? [] };
}

function encodeAlternative(plan: BuildPlanAlternative): z.output<typeof alternativeOnDisk> {
  return { provides: noneIfEmpty(plan.provides), requires: noneIfEmpty(plan.requires) };
}

function noneIfEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}
