import * as z from "zod";

const unmet = z.array(z.object({ name: z.string().min(1) }));

/** build.toml (TOML): the entries of the Buildpack Plan that a later buildpack has to satisfy. */
export const buildTomlCodec = z.codec(z.object({ unmet: unmet.optional() }), z.object({ unmet }), {
  decode: (disk) => ({ unmet: disk.unmet ?? [] }),
  encode: ({ unmet }) => (unmet.length > 0 ? { unmet } : {}),
});
