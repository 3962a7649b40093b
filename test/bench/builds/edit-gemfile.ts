import { compareGemVersions } from "../../../src/ruby/gems/gem-version.ts";

/** The gem that a build adds: it has no extension and needs no other gem. */
export const addedGem = {
  name: "paint",
  version: "2.3.0",
  sha256: "327d623e4038619d5bd99ae5db07973859cd78400c7f0329eea283cef8e83be5",
};

/** The files of a bundle, with one gem more, as `bundle add` would write them. */
export function withGem({ gemfile, lockfile }: Bundle): Bundle {
  const { name, version, sha256 } = addedGem;
  const lines = lockfile.split("\n");
  const end = (from: number) => lines.findIndex((line, index) => index > from && line === "");
  const add = (section: number, entry: string, indent: string) => {
    if (section === -1) return;
    lines.splice(placeOf(entry, { lines, from: section + 1, to: end(section), indent }), 0, entry);
  };
  add(specsOf(lines), `    ${name} (${version})`, "    ");
  add(lines.indexOf("DEPENDENCIES"), `  ${name}`, "  ");
  add(lines.indexOf("CHECKSUMS"), `  ${name} (${version}) sha256=${sha256}`, "  ");
  return { gemfile: `${gemfile.trimEnd()}\ngem "${name}"\n`, lockfile: lines.join("\n") };
}

export interface Bundle {
  gemfile: string;
  lockfile: string;
}

/** Where the gems of a server begin. */
function specsOf(lines: readonly string[]): number {
  const section = lines.indexOf("GEM");
  if (section === -1) throw new Error("the lockfile has no gems of a server");
  return lines.indexOf("  specs:", section);
}

/** The place of an entry among those with the same indent, by the alphabet. */
function placeOf(
  entry: string,
  {
    lines,
    from,
    to,
    indent,
  }: { lines: readonly string[]; from: number; to: number; indent: string },
): number {
  const last = to === -1 ? lines.length : to;
  const isEntry = (line: string) => line.startsWith(indent) && !line.startsWith(`${indent} `);
  const place = lines.findIndex(
    (line, index) => index >= from && index < last && isEntry(line) && line > entry,
  );
  return place === -1 ? last : place;
}

/** A text that names a version of Ruby, with another one. */
export function withRuby(text: string, from: string, to: string): string {
  return text.replaceAll(new RegExp(`\\b${from.replaceAll(".", "\\.")}(p\\d+)?\\b`, "g"), to);
}

/** What a benchmark can make a mirror of, from Debian's sources. */
const mirrored = ["3.1.2", "3.3.8", "3.4.5"];

/** A newer Ruby than the given one, of the same series if there is one. */
export function newerRuby(version: string): string | undefined {
  const newer = mirrored.filter((other) => compareGemVersions(other, version) > 0);
  const series = version.replace(/\.\d+$/, ".");
  return newer.find((other) => other.startsWith(series)) ?? newer[0];
}
