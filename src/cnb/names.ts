import * as z from "zod";

/**
 * A layer's name. The spec refuses `build`, `launch` and `store`; lifecycles also cut the name of
 * an SBOM file at its first dot, so names here have neither dots nor slashes.
 */
export const layerName = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "expected letters, digits, `_` and `-`")
  .refine((name) => !["build", "launch", "store"].includes(name), "the spec keeps this name")
  .brand<"LayerName">();
export type LayerName = z.output<typeof layerName>;

/** A process type: numbers, letters, `.`, `_` and `-`. */
export const processType = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, "expected letters, digits, `.`, `_` and `-`")
  .brand<"ProcessType">();
export type ProcessType = z.output<typeof processType>;

/** A buildpack's id: numbers, letters, `.`, `/` and `-`, save four names that the spec keeps. */
export const buildpackId = z
  .string()
  .regex(/^[A-Za-z0-9./-]+$/, "expected letters, digits, `.`, `/` and `-`")
  .refine(
    (id) => !["app", "config", "generated", "sbom"].includes(id),
    "the spec keeps this identifier",
  )
  .brand<"BuildpackId">();

/** A buildpack's id as it is written in paths, such as `lapidary_ruby`. */
export function escapeId(id: string): string {
  return id.replaceAll("/", "_");
}

/** @throws ZodError for a name that the spec refuses. `layerName.safeParse` does not throw. */
export function parseLayerName(name: string): LayerName {
  return layerName.parse(name);
}

/** @throws ZodError for a type that the spec refuses. `processType.safeParse` does not throw. */
export function parseProcessType(type: string): ProcessType {
  return processType.parse(type);
}
