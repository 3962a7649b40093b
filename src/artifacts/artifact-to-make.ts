import type { Target } from "../cnb/target.ts";
import type { Artifact } from "./artifact.ts";
import type { InstallContext } from "./install-artifact.ts";

/** What `lapidary artifact` is asked to make. */
export interface ArtifactToMake {
  name: "ruby" | "jemalloc";
  version: string;
  /** The architecture that the result runs on, as images name it: `amd64`, `arm64`. */
  arch: string;
}

/** What making an artifact needs from its surroundings. */
export interface MakeArtifactContext extends InstallContext {
  /** Every known artifact; the source is taken from it. */
  inventory: readonly Artifact[];
  /** The system that compiles. The result is made for its distribution. */
  machine: Target;
  /** An empty directory to compile in, visible to commands, on the same file system as `out`. */
  work: string;
  /** The existing directory that receives the archive and `inventory.toml`. */
  out: string;
}
