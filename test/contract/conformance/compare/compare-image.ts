import type { AnswerImage, AnswerLayer, OurImage } from "../story.ts";
import { type Difference, differences } from "./differences.ts";

/** Entries of a layer by its digest, for layers that a story has in common with `export/empty`. */
export type KnownLayers = ReadonlyMap<string, AnswerLayer["entries"]>;

const metadataLabel = "io.buildpacks.lifecycle.metadata";

/** Compares an image as far as the answer describes it. */
export function compareImages(
  where: string,
  real: AnswerImage,
  ours: OurImage,
  known: KnownLayers,
): Difference[] {
  return [
    ...(real.layers ? compareLayers(where, real.layers, ours, known) : []),
    ...(real.diff_ids ? differences(`${where} diff ids`, real.diff_ids, diffIdsOf(ours)) : []),
    ...(real.metadata_buildpacks
      ? differences(`${where} buildpacks`, real.metadata_buildpacks, buildpacksOf(ours))
      : []),
    ...(real.config ? compareConfigs(where, real, ours) : []),
  ];
}

function compareLayers(
  where: string,
  real: readonly AnswerLayer[],
  ours: OurImage,
  known: KnownLayers,
): Difference[] {
  const ids = real.map(({ diff_id: id }) => id);
  if (real.length !== ours.layers.length)
    return differences(`${where} layers`, ids, diffIdsOf(ours));
  return real.flatMap(({ diff_id: id, entries }, index) => {
    const our = ours.layers[index];
    if (!our || our.diff_id === id) return [];
    const named = typeof entries === "string" ? known.get(id) : entries;
    const found = named ? differences(`${where} layer ${index}`, named, our.entries) : [];
    return found.length > 0 ? found : differences(`${where} layer ${index} bytes`, id, our.diff_id);
  });
}

function diffIdsOf({ layers }: OurImage): string[] {
  return layers.map(({ diff_id: id }) => id);
}

function buildpacksOf({ config }: OurImage): unknown {
  const label = labelsOf(config)[metadataLabel];
  return (JSON.parse(label ?? "{}") as { buildpacks?: unknown }).buildpacks;
}

/** A short answer has only one label, and of the history only what made each layer. */
function compareConfigs(where: string, real: AnswerImage, ours: OurImage): Difference[] {
  const { config = {} } = real;
  const history = (config["history"] ?? []) as unknown[];
  if (!history.some((made) => typeof made === "string")) {
    return differences(where, normalise(config), normalise(ours.config));
  }
  const our = (ours.config["history"] as { created_by?: string }[]).map((made) => made.created_by);
  const label = (one: Record<string, unknown>) =>
    normaliseLabel(labelsOf(one)[metadataLabel] ?? "");
  return [
    ...differences(`${where} history`, history, our),
    ...differences(`${where} ${metadataLabel}`, label(config), label(ours.config)),
  ];
}

function labelsOf(config: Record<string, unknown>): Record<string, string> {
  return (config["config"] as { Labels?: Record<string, string> } | undefined)?.Labels ?? {};
}

function normalise({
  rootfs: _layers,
  ...config
}: Record<string, unknown>): Record<string, unknown> {
  const labels = Object.entries(labelsOf(config));
  const Labels = Object.fromEntries(labels.map(([key, text]) => [key, normaliseLabel(text)]));
  return {
    ...config,
    config: { ...(config["config"] as object), ...(labels.length > 0 ? { Labels } : {}) },
  };
}

/** Which launcher it is, and by which digest a registry knows the run image, is no concern here. */
function normaliseLabel(text: string): string {
  return text
    .replace(/"launcher":\{"version":[^}]*\}\}/, '"launcher":<launcher>')
    .replaceAll(/(localhost:5000\/\w+)@sha256:[0-9a-f]{64}/g, "$1@<digest>");
}
