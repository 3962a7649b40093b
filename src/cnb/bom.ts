import * as z from "zod";

/** An entry of a bill of materials, as it was before SBOM files. */
export interface BomEntry {
  name: string;
  metadata: unknown;
}

/**
 * The `[[bom]]` of launch.toml and build.toml. Buildpack API 0.7 replaced it by SBOM files, and
 * lifecycles still pass it on.
 */
export const bomFile = z
  .object({
    bom: z
      .array(
        z.object({
          name: z.string().default(""),
          version: z.literal("", { error: "use `metadata.version`" }).optional(),
          metadata: z.unknown().optional(),
        }),
      )
      .optional(),
  })
  .transform(({ bom = [] }): BomEntry[] => bom.map(({ name, metadata }) => ({ name, metadata })));
