import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarball } from "../packages/tarball.ts";

/** A gem that a test makes. */
export interface GemStory {
  name: string;
  version: string;
  /** By path in the gem: `lib/shop.rb`. */
  files: Readonly<Record<string, string>>;
  /** The scripts that make its extensions: `ext/shop/extconf.rb`. */
  extensions?: readonly string[];
  /** The gems that it depends on, in any version. */
  needs?: readonly string[];
  /** The oldest Ruby that it supports. */
  oldestRuby?: string;
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

function metadataOf(story: GemStory): string {
  const { name, version, files, extensions = [], needs = [], oldestRuby = "0" } = story;
  return [
    "--- !ruby/object:Gem::Specification",
    `name: ${name}`,
    "version: !ruby/object:Gem::Version",
    `  version: ${version}`,
    "platform: ruby",
    "authors: [Test]",
    "date: 2026-01-01 00:00:00.000000000 Z",
    needs.length === 0 ? "dependencies: []" : "dependencies:",
    ...needs.flatMap(dependency),
    `extensions: ${JSON.stringify(extensions)}`,
    `summary: ${name}`,
    `files: ${JSON.stringify(Object.keys(files))}`,
    "require_paths: [lib]",
    `required_ruby_version: ${fromVersion(oldestRuby)}`,
    `required_rubygems_version: ${fromVersion("0")}`,
    'rubygems_version: "3.5.0"',
    "specification_version: 4",
    "",
  ].join("\n");
}

function fromVersion(version: string): string {
  return `!ruby/object:Gem::Requirement {requirements: [[">=", !ruby/object:Gem::Version {version: "${version}"}]]}`;
}

function dependency(name: string): string[] {
  return [
    "- !ruby/object:Gem::Dependency",
    `  name: ${name}`,
    `  requirement: ${fromVersion("0")}`,
    "  type: :runtime",
  ];
}
