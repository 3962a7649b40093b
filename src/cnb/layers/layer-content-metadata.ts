import * as z from "zod";

/** Whether a layer is in the image, visible to later buildpacks, and kept for the next build. */
export interface LayerTypes {
  launch: boolean;
  build: boolean;
  cache: boolean;
}

/** The contents of `<layers>/<layer>.toml`. A restored file has no types: all three are false. */
export interface LayerContentMetadata {
  types: LayerTypes;
  metadata: Record<string, unknown>;
}

const flag = z.boolean().optional();
const misplaced = z.undefined({ error: "belongs in the `types` table" }).optional();
const metadata = z.record(z.string(), z.unknown());

/** Layer Content Metadata (TOML). */
export const layerContentMetadataCodec = z.codec(
  z.object({
    types: z.object({ launch: flag, build: flag, cache: flag }).optional(),
    metadata: metadata.optional(),
    launch: misplaced,
    build: misplaced,
    cache: misplaced,
  }),
  z.object({
    types: z.object({ launch: z.boolean(), build: z.boolean(), cache: z.boolean() }),
    metadata,
  }),
  {
    decode: ({ types = {}, metadata = {} }) => {
      const { launch = false, build = false, cache = false } = types;
      return { types: { launch, build, cache }, metadata };
    },
    encode: ({ types, metadata }) => ({ types, metadata }),
  },
);
