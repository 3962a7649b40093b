import * as z from "zod";
import type { BuildPlan } from "./build-plan.ts";

// Lifecycles take an entry without a name for one whose name is empty.
const name = z.string().default("");

const require = z.object({
  name,
  // Anything else than a table counts as no metadata.
  metadata: z
    .custom<Record<string, unknown>>((value) => isTable(value))
    .optional()
    .catch(undefined),
  version: z.undefined({ error: "belongs in the entry's `metadata`" }).optional(),
});

function isTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const alternative = z.object({
  provides: z.array(z.object({ name })).default([]),
  requires: z.array(require).default([]),
});

/** Build Plan (TOML), as a platform reads it. A missing table counts as an empty list. */
export const buildPlanSchema: z.ZodType<BuildPlan> = alternative.extend({
  or: z.array(alternative).default([]),
});
