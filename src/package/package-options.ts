/** What `lapidary package` makes. */
export interface PackageLine {
  /** The directory for the packages, absolute or relative to the current directory. */
  out: string;
  architectures: readonly Architecture[];
  /** The app whose Ruby and jemalloc go into the packages. */
  offline: string | undefined;
  /** The only distribution that these are for. */
  distro: { name: string; version: string } | undefined;
}

export type Architecture = "amd64" | "arm64";
