import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarball } from "../packages/tarball.ts";

/** A gem of pure Ruby that a test makes. */
export interface GemStory {
  name: string;
  version: string;
  /** By path in the gem: `lib/shop.rb`. */
  files: Readonly<Record<string, string>>;
}

export interface MadeGem extends GemStory {
  /** The name of its archive. */
  file: string;
  archive: Buffer;
  sha256: string;
}

/** Packs a gem as RubyGems does: an archive of compressed metadata and compressed files. */
export function makeGem(story: GemStory): MadeGem {
  const { name, version, files } = story;
  const contents = Object.entries(files).map(([path, body]) => ({ path, body }));
  const archive = tarball([
    { path: "metadata.gz", body: gzipSync(metadataOf(story)) },
    { path: "data.tar.gz", body: gzipSync(tarball(contents)) },
  ]);
  const sha256 = createHash("sha256").update(archive).digest("hex");
  return { ...story, file: `${name}-${version}.gem`, archive, sha256 };
}

function metadataOf({ name, version, files }: GemStory): string {
  return [
    "--- !ruby/object:Gem::Specification",
    `name: ${name}`,
    "version: !ruby/object:Gem::Version",
    `  version: ${version}`,
    "platform: ruby",
    "authors: [Test]",
    "date: 2026-01-01 00:00:00.000000000 Z",
    "dependencies: []",
    `summary: ${name}`,
    `files: ${JSON.stringify(Object.keys(files))}`,
    "require_paths: [lib]",
    "required_ruby_version: !ruby/object:Gem::Requirement",
    '  requirements: [[">=", !ruby/object:Gem::Version {version: "0"}]]',
    "required_rubygems_version: !ruby/object:Gem::Requirement",
    '  requirements: [[">=", !ruby/object:Gem::Version {version: "0"}]]',
    'rubygems_version: "3.5.0"',
    "specification_version: 4",
    "",
  ].join("\n");
}
