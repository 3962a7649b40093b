// The layer `ruby`: the interpreter, its standard library and its headers.
//
// Build, launch and cache. Emptied when the distribution, the architecture, the Ruby version or the
// archive that it came from changes, or if it does not start. Contains no debug symbols or static
// archives, but headers, because gems compile their extensions with them.

import * as z from "zod";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
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
  /** Why a Ruby of the last build cannot be used; `undefined` if it can. */
  check: (directory: string) => Promise<string | undefined>;
  /** Fills an empty directory with the interpreter. */
  install: (directory: string, section: Section) => Promise<void>;
  section: Section;
}

export interface RubyLayer {
  dir: string;
  /** Whether it is that of the last build. */
  kept: boolean;
}

/**
 * Installs Ruby, or keeps that of the last build.
 *
 * @throws BuildpackError of `download/*`, `artifact/*` or `compile/*`.
 */
export async function installRubyLayer(options: RubyOptions): Promise<RubyLayer> {
  const { layersDir, metadata, check, install, section } = options;
  const layer = await openLayer({
    layersDir,
    name: "ruby",
    types: { build: true, launch: true, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
    check,
  });
  section.layer("ruby", reasonsOf(layer.state));
  if (layer.state.state === "restored") {
    section.say(`Using \`${metadata.rubyVersion}\` of the last build`);
  } else {
    section.say(`Installing, because ${layer.state.because.join("; ")}`);
    await install(layer.path, section);
  }
  await layer.commit({ metadata });
  return { dir: layer.path, kept: layer.state.state === "restored" };
}

const labels = {
  distro: "the distribution",
  arch: "the CPU architecture",
  rubyVersion: "the Ruby version",
  checksum: "the Ruby archive",
} satisfies Record<keyof RubyMetadata, string>;
