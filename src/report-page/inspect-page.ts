import { environmentOf, processesOf } from "./contents.ts";
import { type Html, markup } from "./html.ts";
import { bar, number, size, sum } from "./measures.ts";
import { pageOf, table } from "./page.ts";
import type { ShownProcess, ShownVariable } from "./report.ts";

/** The parts of the JSON about an image that the page shows. */
export interface ShownImageFacts {
  image: string;
  architecture: string;
  os: string;
  created?: string;
  user?: string;
  workingDirectory?: string;
  entrypoint: readonly string[];
  wasBuilt: boolean;
  runImage: {
    name?: string;
    reference?: string;
    distribution?: string;
    layers: number;
    bytes: number;
  };
  buildpacks: readonly { id: string; version: string }[];
  layers: readonly ShownImageLayer[];
  processes: readonly ShownProcess[];
  defaultProcess?: string;
  imageEnvironment: readonly { name: string; value?: string }[];
  environment: readonly ShownVariable[];
  software: readonly ShownSoftware[];
}

interface ShownImageLayer {
  digest: string;
  bytes: number;
  fileBytes?: number;
  part: string;
  buildpack?: string;
  name?: string;
  metadata?: Readonly<Record<string, string>>;
}

interface ShownSoftware {
  buildpack: string;
  layer?: string;
  name: string;
  version: string;
}

/** The page about an image, made from its facts alone. */
export function inspectPage(facts: ShownImageFacts): string {
  const { image, wasBuilt, architecture, os, buildpacks, layers, software, environment } = facts;
  const names = buildpacks.map(({ id, version }) => `${id} ${version}`).join(", ");
  return pageOf({
    title: `Image ${image}`,
    lead: wasBuilt
      ? markup`For ${os} on ${architecture}, built with ${names}.`
      : markup`For ${os} on ${architecture}. It has no labels of a build with buildpacks.`,
    figures: [
      ["Size", size(sum(layers.map(({ bytes }) => bytes)))],
      ["Of the run image", size(facts.runImage.bytes)],
      ["Layers", number(layers.length)],
      ["Software in layers", number(software.length)],
    ],
    sections: [
      { id: "layers", heading: "Layers", body: layersTable(layers) },
      { id: "base", heading: "Image", body: baseTable(facts) },
      { id: "processes", heading: "Processes", body: processesOf(facts) },
      { id: "environment", heading: "Environment", body: environmentOf(environment) },
      { id: "variables", heading: "Variables of the image", body: variablesTable(facts) },
      { id: "software", heading: "Software", body: softwareTable(software) },
    ],
  });
}

function layersTable(layers: ShownImageFacts["layers"]): Html {
  const largest = Math.max(1, ...layers.map(({ bytes }) => bytes));
  return table(
    "Layers from the lowest to the topmost: compressed size, and size of the files where the layer was read.",
    ["Layer", { title: "Size", kind: "number" }, { title: "Files", kind: "number" }],
    layers.map((layer) => [
      markup`${titleOf(layer)}${bar(0, layer.bytes / largest, undefined, layer.part === "run image" ? "plain" : "made")}${recorded(layer)}`,
      size(layer.bytes),
      layer.fileBytes === undefined ? markup`` : size(layer.fileBytes),
    ]),
  );
}

function titleOf({ part, buildpack, name }: ShownImageLayer): Html {
  if (name === undefined) return markup`${part}`;
  return markup`${name} <span class="soft">${buildpack}</span>`;
}

/** What the buildpack recorded of the layer. */
function recorded({ metadata = {} }: ShownImageLayer): Html | undefined {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return undefined;
  const items = entries.map(([key, value]) => markup`<li>${key}: <code>${value}</code></li>`);
  return markup`<details><summary class="soft">What the buildpack recorded</summary><ul class="notes">${items}</ul></details>`;
}

function baseTable({ runImage, ...facts }: ShownImageFacts): Html {
  const rows: [string, string | undefined][] = [
    ["Run image", runImage.name],
    ["Reference of the run image", runImage.reference],
    ["Distribution", runImage.distribution],
    ["Created", facts.created],
    ["User", facts.user],
    ["Working directory", facts.workingDirectory],
    ["Entry point", facts.entrypoint.join(" ") || undefined],
  ];
  return table(
    "What the configuration and the labels of the image say.",
    ["What", "Value"],
    rows.flatMap(([what, value]) =>
      value === undefined ? [] : [[markup`${what}`, markup`<code>${value}</code>`]],
    ),
  );
}

function variablesTable({ imageEnvironment }: ShownImageFacts): Html {
  if (imageEnvironment.length === 0) return markup`<p>None.</p>`;
  return table(
    "Variables in the configuration of the image.",
    ["Variable", "Value"],
    imageEnvironment.map(({ name, value }) => [
      markup`${name}`,
      value === undefined
        ? markup`<span class="soft">not shown</span>`
        : markup`<code>${value}</code>`,
    ]),
  );
}

function softwareTable(software: ShownImageFacts["software"]): Html {
  if (software.length === 0)
    return markup`<p>No bill of materials in the image lists any software.</p>`;
  return table(
    "What the bills of materials of the layers list.",
    ["Name", "Version", "Layer"],
    software.map(({ name, version, layer, buildpack }) => [
      markup`${name}`,
      markup`${version}`,
      markup`${layer ?? buildpack}`,
    ]),
  );
}
