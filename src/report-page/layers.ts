import { type Html, markup } from "./html.ts";
import { bar, size } from "./measures.ts";
import { table } from "./page.ts";
import type { ShownLayer } from "./report.ts";
import { fateOf, prose, reasonsOf, typesOf } from "./words.ts";

/** The layers with their sizes, and what happened to each. */
export function layersOf(layers: readonly ShownLayer[]): Html {
  if (layers.length === 0) return markup`<p>The buildpacks made no layers.</p>`;
  const largest = Math.max(...layers.map(({ bytes }) => bytes));
  const manyBuildpacks = new Set(layers.map(({ buildpack }) => buildpack)).size > 1;
  return table(
    "Layers of this build and of the one before it. Sizes are those of the files, not compressed.",
    ["Layer", { title: "Size", kind: "number" }, "What happened"],
    layers.map((layer) => [
      markup`${nameOf(layer, manyBuildpacks)}
        <span class="soft">${typesOf(layer)}</span>${bar(0, layer.bytes / largest, undefined, isKept(layer) ? "kept" : "made")}`,
      size(layer.bytes),
      happened(layer),
    ]),
  );
}

export function isKept({ fate }: Pick<ShownLayer, "fate">): boolean {
  return fate === "reused";
}

function nameOf({ buildpack, name }: ShownLayer, manyBuildpacks: boolean): string {
  return manyBuildpacks ? `${buildpack}:${name}` : name;
}

function happened(layer: ShownLayer): Html {
  const reasons = reasonsOf(layer);
  const mark = markup`<span class="mark ${isKept(layer) ? "kept" : "made"}">${fateOf(layer)}</span>`;
  return reasons === undefined ? mark : markup`${mark}, because ${prose(reasons)}`;
}
