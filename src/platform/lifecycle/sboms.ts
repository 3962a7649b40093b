import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { listInside, lookInside } from "../../system/inside/open-inside.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import type { LayerOutput } from "./layer-output.ts";

/** An SBOM file of a layer, or of the whole buildpack if `layer` is missing. */
export interface LayerSbom {
  path: string;
  layer?: string;
  /** What it describes: the image, the build, or what is cached. */
  kinds: readonly ("launch" | "build" | "cache")[];
}

/**
 * Finds the SBOM files of a buildpack. The part of the name before the first dot is the layer; files of
 * layers that do not exist are ignored.
 *
 * Spec: Buildpack Interface, Software-Bill-of-Materials.
 *
 * @throws BuildpackError `platform/build-output-invalid` for a format that buildpack.toml does not
 * declare, or that lifecycles do not know.
 */
export async function readSboms(
  buildpack: Buildpack,
  directory: string,
  layers: ReadonlyMap<string, LayerOutput>,
): Promise<LayerSbom[]> {
  const entries = await listInside(directory, "");
  const names = entries.map(({ name }) => name).filter((name) => /\.sbom\..+\.json$/.test(name));
  for (const name of names) {
    refuseUndeclared(buildpack, name);
    if (!(await lookInside(directory, name))?.isFile()) {
      throw invalid(buildpack, name, "it is not a regular file");
    }
  }
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
    type.split(";")[0]?.trim().toLowerCase(),
  );
  if (mediaType !== undefined && declared.includes(mediaType)) return;
  const problem =
    mediaType === undefined
      ? `\`${format}\` is not a known format of SBOMs`
      : `buildpack.toml does not declare \`${mediaType}\` among its \`sbom-formats\``;
  throw invalid(buildpack, name, problem);
}

function invalid(buildpack: Buildpack, path: string, problem: string): BuildpackError {
  const code = "platform/build-output-invalid";
  return new BuildpackError({ code, buildpack: nameOf(buildpack), path, problem });
}

const mediaTypes: Record<string, string> = {
  "cdx.json": "application/vnd.cyclonedx+json",
  "spdx.json": "application/spdx+json",
  "syft.json": "application/vnd.syft+json",
};
