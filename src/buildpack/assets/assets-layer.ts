// The layer `assets`: what speeds up the next precompilation.
//
// Cache only: the image contains `public/assets` in the app, and no fragments. Emptied when the
// distribution, the architecture or the Ruby version changes.
//
//     files/<path in the app>    precompiled assets and fragments
//     times.json                 when each of them was last written: `assets:clean` goes by age, and a
//                                lifecycle restores files with the time of the build
//     outcome/                   with BP_RAILS_ASSETS_REUSE: everything else that rake changed in the app
//     sources.json               with BP_RAILS_ASSETS_REUSE: the app's files that the assets depend on

import { join } from "node:path";
import * as z from "zod";
import type { Section } from "../../output/printer.ts";
import type { AssetDirectories } from "../../ruby/asset-directories.ts";
import { readTextIfAny } from "../../system/files.ts";
import { parseJson } from "../../system/parse-json.ts";
import type { TreeSnapshot } from "../../system/tree-changes.ts";

/** What fragments depend on. A change empties the layer. */
const keysSchema = z.object({ distro: z.string(), arch: z.string(), rubyVersion: z.string() });

/** What assets are made from. With BP_RAILS_ASSETS_REUSE, a change runs rake again. */
const inputsSchema = z.object({ app: z.string(), environment: z.string(), layers: z.string() });

const metadataSchema = keysSchema.extend(inputsSchema.partial().shape);
export type AssetsMetadata = z.output<typeof metadataSchema>;

/** Digests of what assets are made from, besides the app's files. */
export type AssetInputs = Omit<z.output<typeof inputsSchema>, "app">;

/** The metadata of what assets are made from. */
export type RecordedInputs = z.output<typeof inputsSchema>;

const timesSchema = z.record(z.string(), z.number());

export interface AssetsOptions {
  layersDir: string;
  appDir: string;
  metadata: z.output<typeof keysSchema>;
  directories: AssetDirectories;
  section: Section;
  /** With BP_RAILS_ASSETS_REUSE. */
  reuse?: Reuse | undefined;
}

export interface Reuse {
  inputs: AssetInputs;
  /** The app before rake ran. */
  before: TreeSnapshot;
  /** Which of these files of the app rake has read. */
  filesRead: (paths: Iterable<string>) => Promise<ReadonlySet<string>>;
}

/** What `openLayer` and `readLayerState` must know of the layer. */
export function layerOf({ metadata }: AssetsOptions) {
  return {
    types: { build: false, launch: false, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
    check: findUnreadableTimes,
  };
}

const labels = {
  distro: "the distribution",
  arch: "the CPU architecture",
  rubyVersion: "the Ruby version",
  app: "the app's files",
  environment: "the build's environment",
  layers: "Ruby, the gems or another buildpack's layers",
} satisfies Record<keyof AssetsMetadata, string>;

/** A reason not to keep the layer. */
export async function findUnreadableTimes(layerDir: string): Promise<string | undefined> {
  const text = await readTextIfAny(join(layerDir, "times.json"));
  return parseTimes(text) ? undefined : "its list of times cannot be read";
}

/** Milliseconds since 1970, by path. */
export function parseTimes(text: string | undefined): z.output<typeof timesSchema> | undefined {
  return timesSchema.safeParse(parseJson(text)).data;
}

/** A number of files as the log prints it. */
export function count(files: number): string {
  return files === 1 ? "`1` file" : `\`${files}\` files`;
}
