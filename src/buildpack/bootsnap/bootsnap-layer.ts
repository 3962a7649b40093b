// The layer `bootsnap`: the code of Ruby and of the gems, as bootsnap compiles it.
//
// Launch only: a platform does not restore 4,500 files in each build that nothing reads, and reuses the layer of
// the previous image unread. The layer `bootsnap-files` holds the list of its files, which the app needs links to.
// Emptied when the machine, Ruby, the bundle or the app's settings for bootsnap change, or if that list is not there.
// bootsnap recognizes a source file by path, size and time, and all files in an image have the same time.
// So this layer never contains code of the app or of path gems, which could change without changing any
// of the three. What it contains comes from paths that include a version.

import * as z from "zod";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import type { Section } from "../../output/printer.ts";
import { isDirectory, removeTree } from "../../system/files.ts";
import { digestOfList, keepFileList, listLayerFiles, readFileList } from "./file-list-layer.ts";

const metadataSchema = z.object({
  distro: z.string(),
  arch: z.string(),
  rubyVersion: z.string(),
  rubyChecksum: z.string(),
  gemfile: z.string(),
  lockfile: z.string(),
  groups: z.string(),
  config: z.string(),
  /** The digest of the list of its files. Missing in layers of version 0.1.0. */
  files: z.string().optional(),
});
type StoredMetadata = z.output<typeof metadataSchema>;
export type BootsnapMetadata = Omit<StoredMetadata, "files">;

export interface BootsnapOptions {
  layersDir: string;
  metadata: BootsnapMetadata;
  /** Compiles into a directory. Resolves to the problem if it failed. */
  compile: (directory: string) => Promise<string | undefined>;
  section: Section;
}

/** The directory of the compiled code at launch and the paths of its files in it, or why there is none. */
export type CompiledGems = { directory: string; files: readonly string[] } | { problem: string };

/** Compiles the code of Ruby and the gems, or keeps that of the last build. */
export async function keepCompiledGems(options: BootsnapOptions): Promise<CompiledGems> {
  const { layersDir, metadata, section } = options;
  const listed = await readFileList(layersDir);
  const layer = await openLayer({
    layersDir,
    name: "bootsnap",
    types: { build: false, launch: true, cache: false },
    schema: metadataSchema,
    keys: metadata,
    labels,
    checkMetadata: async ({ files }) =>
      files !== undefined && files === digestOfList(listed)
        ? undefined
        : "the cache has no list of its files",
  });
  section.layer("bootsnap", reasonsOf(layer.state));
  if (layer.state.state === "restored") {
    section.say("Using the gems' compiled code of the last build");
  } else {
    section.say(`Compiling the gems' code, because ${layer.state.because.join("; ")}`);
    const problem = await options.compile(layer.path);
    if (problem !== undefined) {
      await removeTree(layer.path);
      return { problem };
    }
  }
  const files = (await isDirectory(layer.path)) ? await listLayerFiles(layer.path) : listed;
  await keepFileList(layersDir, files);
  await layer.commit({ metadata: { ...metadata, files: digestOfList(files) } });
  return { directory: layer.path, files };
}

const labels = {
  distro: "the distribution",
  arch: "the CPU architecture",
  rubyVersion: "the Ruby version",
  rubyChecksum: "the Ruby archive",
  gemfile: "`Gemfile`",
  lockfile: "`Gemfile.lock`",
  groups: "the groups of gems",
  config: "`config/bootsnap.rb`",
  files: "the list of its files",
} satisfies Record<keyof StoredMetadata, string>;
