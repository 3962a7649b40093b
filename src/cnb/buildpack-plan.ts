import * as z from "zod";
import { readTomlFile } from "./toml-file.ts";

/** A requirement that this buildpack must satisfy. Several entries may have the same name. */
export interface BuildpackPlanEntry {
  name: string;
  metadata: Record<string, unknown>;
}

/** What this buildpack must provide, as detection has decided. */
export interface BuildpackPlan {
  entries: BuildpackPlanEntry[];
}

const name = z.string().min(1);

/** Buildpack Plan (TOML). */
export const buildpackPlanCodec = z.codec(
  z.object({
    entries: z
      .array(z.object({ name, metadata: z.record(z.string(), z.unknown()).optional() }))
      .optional(),
  }),
  z.object({ entries: z.array(z.object({ name, metadata: z.record(z.string(), z.unknown()) })) }),
  {
    decode: ({ entries = [] }) => ({
      entries: entries.map((entry) => ({ name: entry.name, metadata: entry.metadata ?? {} })),
    }),
    encode: ({ entries }) => (entries.length > 0 ? { entries } : {}),
  },
);

/** @throws BuildpackError `cnb/file-invalid` if the platform's file cannot be read. */
export async function readBuildpackPlan(path: string): Promise<BuildpackPlan> {
  return await readTomlFile(path, buildpackPlanCodec);
}
