// The layer `bootsnap`: the code of Ruby and of the gems, as bootsnap compiles it.
//
// Launch and cache. Emptied when the machine, Ruby, the bundle or the app's settings for bootsnap change.
// bootsnap recognizes a source file by path, size and time, and all files in an image have the same time.
// So this layer never contains code of the app or of path gems, which could change without changing any
// of the three. What it contains comes from paths that include a version.

import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import type { Section } from "../../output/printer.ts";
import { removeTree } from "../../system/files.ts";

const metadataSchema = z.object({
  distro: z.string(),
  arch: z.string(),
  rubyVersion: z.string(),
  rubyChecksum: z.string(),
  gemfile: z.string(),
  lockfile: z.string(),
  groups: z.string(),
  config: z.string(),
});
export type BootsnapMetadata = z.output<typeof metadataSchema>;

export interface BootsnapOptions {
  layersDir: string;
  metadata: BootsnapMetadata;
  /** Compiles into a directory. Resolves to the problem if it failed. */
  compile: (directory: string) => Promise<string | undefined>;
  section: Section;
}

/** The directory of the compiled code, or why there is none. */
export type CompiledGems = { directory: string } | { problem: string };

/** Compiles the code of Ruby and the gems, or keeps that of the last build. */
export async function keepCompiledGems(options: BootsnapOptions): Promise<CompiledGems> {
  const { layersDir, metadata, section } = options;
  const layer = await openLayer({
    layersDir,
    name: "bootsnap",
    types: { build: false, launch: true, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
  });
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
  await layer.commit({ metadata });
  return { directory: layer.path };
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
} satisfies Record<keyof BootsnapMetadata, string>;
