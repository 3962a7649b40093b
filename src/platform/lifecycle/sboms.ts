import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import type { LayerOutput } from "./layer-output.ts";

/** An SBOM file of a layer, or without `layer` one of the whole buildpack. */
export interface LayerSbom {
  path: string;
  layer?: string;
  /** The directories below `<layers>/sbom` that it belongs into. */
  kinds: readonly ("launch" | "build" | "cache")[];
}

/**
 * Finds the SBOM files of a buildpack. The name of the layer is what stands before the first dot;
 * files of layers that are not there are passed over.
 *
 * Spec: Buildpack Interface, Software-Bill-of-Materials.
 *
 * @throws BuildpackError `platform/build-output-invalid` for a format that buildpack.toml does not
 * declare, or that no lifecycle knows.
 */
export async function readSboms(
  buildpack: Buildpack,
  directory: string,
  layers: ReadonlyMap<string, LayerOutput>,
): Promise<LayerSbom[]> {
  const names = (await readdir(directory)).filter((name) => /\.sbom\..+\.json$/.test(name)).sort();
  for (const name of names) refuseUndeclared(buildpack, name);
  return names.flatMap((name) => {
    const layer = name.split(".")[0] ?? "";
    const kinds = kindsOf(layer, layers.get(layer));
    const ofLayer = layers.has(layer) ? { layer } : {};
    return kinds.length > 0 ? [{ path: join(directory, name), ...ofLayer, kinds }] : [];
  });
}

function kindsOf(name: string, layer: LayerOutput | undefined): LayerSbom["kinds"] {
  if (name === "launch" || name === "build") return [name];
  if (!layer) return [];
  const main = layer.types.launch ? "launch" : "build";
  return layer.types.cache ? [main, "cache"] : [main];
}

function refuseUndeclared(buildpack: Buildpack, name: string): void {
  const format = name.slice(name.indexOf(".sbom.") + ".sbom.".length);
  const mediaType = mediaTypes[format];
  const declared = buildpack.descriptor.buildpack.sbomFormats.map((type) =>
    type.split(";")[0]?.trim(),
  );
  if (mediaType !== undefined && declared.includes(mediaType)) return;
  const problem =
    mediaType === undefined
      ? `\`${format}\` is no known format of SBOMs`
      : `buildpack.toml does not declare \`${mediaType}\` among its \`sbom-formats\``;
  throw new BuildpackError({
    code: "platform/build-output-invalid",
    buildpack: nameOf(buildpack),
    path: name,
    problem,
  });
}

const mediaTypes: Record<string, string> = {
  "cdx.json": "application/vnd.cyclonedx+json",
  "spdx.json": "application/spdx+json",
  "syft.json": "application/vnd.syft+json",
};
