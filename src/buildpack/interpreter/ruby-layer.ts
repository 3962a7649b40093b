// The layer `ruby`: the interpreter, its standard library and its headers.
//
// Build, launch and cache. Emptied when the distribution, the architecture, the Ruby version or the
// archive that it came from changes. Stripped of debug symbols and static archives; the headers
// stay, because gems with extensions compile against them.

import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import type { Section } from "../../output/printer.ts";

const metadataSchema = z.object({
  distro: z.string(),
  arch: z.string(),
  rubyVersion: z.string(),
  checksum: z.string(),
});
export type RubyMetadata = z.output<typeof metadataSchema>;

export interface RubyOptions {
  layersDir: string;
  metadata: RubyMetadata;
  /** Fills a directory with the interpreter; it exists and is empty. */
  install: (directory: string, section: Section) => Promise<void>;
  section: Section;
}

/**
 * Installs Ruby, or keeps that of the last build.
 *
 * @returns the layer's directory.
 * @throws BuildpackError of `download/*`, `artifact/*` or `compile/*`.
 */
export async function installRuby(options: RubyOptions): Promise<string> {
  const { layersDir, metadata, install, section } = options;
  const layer = await openLayer({
    layersDir,
    name: "ruby",
    types: { build: true, launch: true, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
  });
  if (layer.state.state === "restored") {
    section.say(`Kept \`${metadata.rubyVersion}\`: nothing that it depends on has changed`);
  } else {
    section.say(`Installing, because ${layer.state.because.join("; ")}`);
    await install(layer.path, section);
  }
  await layer.commit({ metadata });
  return layer.path;
}

const labels = {
  distro: "Distribution",
  arch: "CPU architecture",
  rubyVersion: "Ruby version",
  checksum: "Ruby archive",
} satisfies Record<keyof RubyMetadata, string>;
