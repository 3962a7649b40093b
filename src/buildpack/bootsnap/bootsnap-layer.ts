// The layer `bootsnap`: the code of Ruby and of the gems, as bootsnap compiles it.
//
// Launch and cache. Emptied when the machine, Ruby, the bundle or the app's settings for bootsnap
// change. Compiled code is known again by path, size and time of its source, and the time of every
// file in an image is the same. So this layer never holds code of the app, path gems included, which
// may change and keep all three; what it holds comes from paths that carry a version.

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
  /** Compiles into a directory; resolves to what went wrong, if anything did. */
  compile: (directory: string) => Promise<string | undefined>;
  section: Section;
}

/** Where the compiled code is, or why there is none. */
export type CompiledGems = { directory: string } | { problem: string };

/** Has the code of Ruby and the gems compiled, or keeps that of the last build. */
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
    section.say("Kept the gems' compiled code: nothing that it depends on has changed");
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
  distro: "Distribution",
  arch: "CPU architecture",
  rubyVersion: "Ruby version",
  rubyChecksum: "Ruby archive",
  gemfile: "`Gemfile`",
  lockfile: "`Gemfile.lock`",
  groups: "groups of gems",
  config: "`config/bootsnap.rb`",
} satisfies Record<keyof BootsnapMetadata, string>;
