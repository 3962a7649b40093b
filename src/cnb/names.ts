import * as z from "zod";

/**
 * A layer's name. The spec forbids `build`, `launch` and `store`. Dots are forbidden here because lifecycles
 * cut the name of an SBOM file at its first dot.
 */
export const layerName = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "expected letters, digits, `_` and `-`")
  .refine((name) => !["build", "launch", "store"].includes(name), "the spec reserves this name")
  .brand<"LayerName">();
export type LayerName = z.output<typeof layerName>;

/** A process type: numbers, letters, `.`, `_` and `-`. */
export const processType = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, "expected letters, digits, `.`, `_` and `-`")
  // Launchers are called by a link of this name.
  .refine((type) => !/^\.{1,2}$/.test(type), "`.` and `..` are directories")
  .refine((type) => type.length <= 255, "a file name cannot be that long")
  .brand<"ProcessType">();
export type ProcessType = z.output<typeof processType>;

/** A buildpack's id: numbers, letters, `.`, `/` and `-`, except four reserved names. */
export const buildpackId = z
  .string()
  .regex(/^[A-Za-z0-9./-]+$/, "expected letters, digits, `.`, `/` and `-`")
  .refine((id) => !/^\.{1,2}$/.test(id), "it would lead out of the directory of all buildpacks")
  .refine(
    (id) => !["app", "config", "generated", "sbom"].includes(id),
    "the spec reserves this identifier",
  )
  .brand<"BuildpackId">();

/** A buildpack's id as it is written in paths, such as `lapidary_ruby`. */
export function escapeId(id: string): string {
  return id.replaceAll("/", "_");
}

/** @throws ZodError for an invalid name. */
export function parseLayerName(name: string): LayerName {
  return layerName.parse(name);
}

/** @throws ZodError for an invalid type. */
export function parseProcessType(type: string): ProcessType {
  return processType.parse(type);
}
