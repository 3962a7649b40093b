/** Debian releases for root file systems. */
export type Suite = "bookworm" | "trixie";

export type Flavour = "build" | "run" | "cross";

/** Architectures of root file systems. */
export type Arch = "amd64" | "arm64";

/** The packages of a root file system, in addition to Debian's essential ones. */
export function packagesOf(suite: Suite, flavour: Flavour): readonly string[] {
  return flavour === "run" ? libraries[suite] : [...libraries[suite], ...toBuild];
}

/** More packages, to compile Ruby and jemalloc for another architecture. */
export function crossPackages(arch: Arch): readonly string[] {
  const compiler = { amd64: "gcc-x86-64-linux-gnu", arm64: "gcc-aarch64-linux-gnu" }[arch];
  return [compiler, ...["libc6-dev", ...headers].map((name) => `${name}:${arch}`)];
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

/** Libraries that Ruby and the samples' gems load at run time. */
const libraries: Readonly<Record<Suite, readonly string[]>> = {
  bookworm: [...everywhere, "libreadline8", "libssl3"],
  trixie: [...everywhere, "libcrypt1", "libreadline8t64", "libssl3t64"],
};

/** Headers to compile Ruby with. */
const headers = [
  "libffi-dev",
  "libgmp-dev",
  "libreadline-dev",
  "libssl-dev",
  "libyaml-dev",
  "zlib1g-dev",
];

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
