import * as z from "zod";

const schema = z.object({
  "default-versions": z.object({ ruby: z.string(), bundler: z.string(), jemalloc: z.string() }),
});

/** The versions that a build installs if nothing else names one, from the `metadata` of buildpack.toml. */
export interface DefaultVersions {
  ruby: string;
  bundler: string;
  jemalloc: string;
}

export function readDefaultVersions(metadata: unknown): DefaultVersions {
  return schema.parse(metadata)["default-versions"];
}
