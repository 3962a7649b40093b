import type { Artifact } from "../../../src/artifacts/artifact.ts";

/** The source of a Ruby, as an inventory lists it. */
export function rubySource(version: string): Artifact {
  return {
    name: "ruby",
    version,
    kind: "source",
    url: `https://example.com/ruby-${version}.tar.gz`,
    sha256: "0".repeat(64),
    stripComponents: 1,
    builtFor: {},
    origin: "buildpack",
  };
}

/** A portable Ruby for glibc 2.39. */
export function portableRuby(version: string, arch = "amd64"): Artifact {
  const builtFor = { os: "linux", arch, glibc: "2.39" };
  return { ...rubySource(version), kind: "portable", builtFor };
}

/** The text of an inventory that lists a portable Ruby for glibc 2.39. */
export function portableInventory(version: string): string {
  return `[[artifacts]]
name = "ruby"
version = "${version}"
kind = "portable"
url = "https://example.com/ruby-${version}.tar.gz"
sha256 = "${"0".repeat(64)}"
arch = "amd64"
min-glibc = "2.39"
`;
}
