/** Releases of Debian that root file systems are made of. */
export type Suite = "bookworm" | "trixie";

export type Flavour = "build" | "run";

/** What a root has beside the packages without which Debian is not Debian. */
export function packagesOf(suite: Suite, flavour: Flavour): readonly string[] {
  return flavour === "run" ? libraries[suite] : [...libraries[suite], ...toBuild];
}

const everywhere = [
  "ca-certificates",
  "libffi8",
  "libgmp10",
  "libpq5",
  "libyaml-0-2",
  "tzdata",
  "zlib1g",
];

/** What Ruby and the gems of the samples load when they run. */
const libraries: Readonly<Record<Suite, readonly string[]>> = {
  bookworm: [...everywhere, "libreadline8", "libssl3"],
  trixie: [...everywhere, "libcrypt1", "libreadline8t64", "libssl3t64"],
};

const toBuild = [
  "build-essential",
  "bzip2",
  "git",
  "libffi-dev",
  "libgmp-dev",
  "libpq-dev",
  "libreadline-dev",
  "libssl-dev",
  "libyaml-dev",
  "pkg-config",
  "xz-utils",
  "zlib1g-dev",
];
