import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import { envOf, type Image } from "../../oci/image.ts";
import { removeTree } from "../../system/files.ts";
import { parseImageLocation } from "../export/image-location.ts";
import type { ImageWorld } from "../export/image-world.ts";
import { readImageAt } from "../export/run-image.ts";
import { launchEnvironment, shownValue } from "../report/launch-environment.ts";
import type { ImageFacts, LayerFacts, SoftwareFacts } from "./image-facts.ts";
import { type BuildLabel, type LifecycleLabel, readLabels } from "./image-labels.ts";
import { nameLayers } from "./name-layers.ts";
import { type LayerContents, readContents, writeEnvironment } from "./read-contents.ts";
import { billFormats, readSoftware } from "./read-software.ts";

export interface InspectRequest {
  /** The image, as the user typed it. */
  image: string;
  /** The architecture to take from an index. */
  architecture: string;
  cwd: string;
  world: ImageWorld;
}

/**
 * Reads the labels, the bills of materials and the layers of an image that any platform has built. Layers of
 * its run image are not read.
 *
 * @throws BuildpackError `platform/usage`, `image/*`.
 */
export async function inspectImage(request: InspectRequest): Promise<ImageFacts> {
  const { image: name, architecture, cwd, world } = request;
  const location = parseImageLocation("IMAGE", name, cwd);
  const work = await mkdtemp(join(tmpdir(), "lapidary-inspect-"));
  try {
    const image = await readImageAt(location, architecture, join(work, "image"), world);
    return await factsOf(name, image, work);
  } finally {
    await removeTree(work);
  }
}

async function factsOf(name: string, image: Image, work: string): Promise<ImageFacts> {
  const { config } = image;
  const { lifecycle, build, wasBuilt } = readLabels(config.config.Labels ?? {});
  const layersDir = (envOf(config, "CNB_LAYERS_DIR") ?? "/layers").replace(/^\/+|\/+$/g, "");
  const named = nameLayers(image.layers, lifecycle);
  const read = await readOwnLayers(image, named, layersDir);
  const layers = named.map((layer, index) => {
    const contents = read.get(index);
    return contents ? { ...layer, fileBytes: contents.fileBytes } : layer;
  });
  return {
    image: name,
    ...imageFacts(image),
    wasBuilt,
    runImage: runImageFacts(image, named, lifecycle),
    ...buildFacts(build),
    layers,
    environment: await environmentOf(named, read, { layersDir, work }),
    software: softwareIn(read, layersDir, build),
  };
}

function imageFacts({ config: { architecture, os, created, config } }: Image) {
  const { User: user, WorkingDir: workingDirectory, Entrypoint: entrypoint, Env } = config;
  return {
    architecture,
    os,
    ...(created === undefined ? {} : { created }),
    ...(user ? { user } : {}),
    ...(workingDirectory ? { workingDirectory } : {}),
    entrypoint: entrypoint ?? [],
    imageEnvironment: (Env ?? []).map((pair) => {
      const [name = "", ...rest] = pair.split("=");
      const value = shownValue(name, rest.join("="));
      return { name, ...(value === undefined ? {} : { value }) };
    }),
  };
}

function runImageFacts(
  { config }: Image,
  layers: readonly LayerFacts[],
  { runImage, stack }: LifecycleLabel,
): ImageFacts["runImage"] {
  const own = layers.filter(({ part }) => part === "run image");
  const name = runImage?.image ?? stack?.runImage?.image;
  const labels = config.config.Labels ?? {};
  const distribution = ["name", "version"]
    .map((key) => labels[`io.buildpacks.base.distro.${key}`] ?? "")
    .filter((part) => part !== "")
    .join(" ");
  return {
    ...(name ? { name } : {}),
    ...(runImage?.reference ? { reference: runImage.reference } : {}),
    ...(distribution ? { distribution } : {}),
    layers: own.length,
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function buildFacts({ buildpacks, processes, ...label }: BuildLabel) {
  const defaultProcess = label["buildpack-default-process-type"];
  return {
    buildpacks: (buildpacks ?? []).map(({ id, version }) => ({ id, version })),
    processes: (processes ?? []).map((process) => ({
      type: process.type,
      command: process.command,
      args: process.args ?? [],
      buildpack: process.buildpackID,
      ...(process["working-dir"] ? { workingDirectory: process["working-dir"] } : {}),
    })),
    ...(defaultProcess ? { defaultProcess } : {}),
  };
}

/** The contents of the layers above the run image, by their positions. */
async function readOwnLayers(
  image: Image,
  named: readonly LayerFacts[],
  layersDir: string,
): Promise<Map<number, LayerContents>> {
  const read = new Map<number, LayerContents>();
  for (const [index, { path }] of image.layers.entries()) {
    if (named[index]?.part === "run image") continue;
    read.set(index, await readContents(path, layersDir));
  }
  return read;
}

async function environmentOf(
  layers: readonly LayerFacts[],
  read: ReadonlyMap<number, LayerContents>,
  { layersDir, work }: { layersDir: string; work: string },
): Promise<ImageFacts["environment"]> {
  const places = [];
  for (const [index, contents] of read) {
    const { buildpack, name } = layers[index] ?? {};
    if (buildpack === undefined || name === undefined) continue;
    const directory = join(work, "environment", `${index}`);
    await writeEnvironment(contents, `${layersDir}/${escapeId(buildpack)}/${name}/`, directory);
    places.push({ buildpack, layer: name, directory });
  }
  return await launchEnvironment(places);
}

/** What the bills list. Of several bills of one layer, the first format counts. */
function softwareIn(
  read: ReadonlyMap<number, LayerContents>,
  layersDir: string,
  { buildpacks }: BuildLabel,
): SoftwareFacts[] {
  const ids = new Map((buildpacks ?? []).map(({ id }) => [escapeId(id), id]));
  const files = new Map([...read.values()].flatMap(({ files: own }) => [...own]));
  const prefix = `${layersDir}/sbom/launch/`;
  const bills = [...files.keys()].filter((path) => path.startsWith(prefix)).sort();
  const places = [...new Set(bills.map((path) => path.slice(0, path.lastIndexOf("/"))))];
  return places.flatMap((place) => {
    const file = billFormats.map(([name]) => name).find((name) => files.has(`${place}/${name}`));
    if (file === undefined) return [];
    const [directory = "", layer] = place.slice(prefix.length).split("/");
    const from = {
      buildpack: ids.get(directory) ?? directory,
      ...(layer === undefined ? {} : { layer }),
    };
    const software = readSoftware(file, files.get(`${place}/${file}`) ?? "");
    return software.map((one) => ({ ...from, ...one }));
  });
}
