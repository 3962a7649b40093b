import * as z from "zod";
import type { BuildPlan } from "./build-plan.ts";

const name = z.string().min(1);

const require = z.object({
  name,
  metadata: z.record(z.string(), z.unknown()).optional(),
  version: z.undefined({ error: "belongs into the entry's `metadata`" }).optional(),
});

const alternative = z.object({
  provides: z.array(z.object({ name })).default([]),
  requires: z.array(require).default([]),
});

/** Build Plan (TOML), as a platform reads it. A missing table counts as an empty list. */
export const buildPlanSchema: z.ZodType<BuildPlan> = alternative.extend({
  or: z.array(alternative).default([]),
});
