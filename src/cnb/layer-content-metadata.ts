import * as z from "zod";

/** What becomes of a layer: in the image, seen by later buildpacks, kept for the next build. */
export interface LayerTypes {
  launch: boolean;
  build: boolean;
  cache: boolean;
}

/** `<layers>/<layer>.toml`. A restored one has no types: all three are then false. */
export interface LayerContentMetadata {
  types: LayerTypes;
  metadata: Record<string, unknown>;
}

const flag = z.boolean().optional();
const misplaced = z.undefined({ error: "belongs into the `types` table" }).optional();
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
