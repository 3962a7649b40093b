import type { Artifact } from "../artifact.ts";
import type { Requirement } from "./preflight.ts";
import type { CrossCompilation } from "./toolchain.ts";

/** How one kind of source becomes an installed tree. Every command runs in the source's directory. */
export interface Recipe {
  requirements(artifact: Artifact): Requirement[];
  /** What `./configure` is given besides the prefix. */
  configure(machine: BuildMachineFacts): string[];
  /** What to tell the user once `./configure` has said these lines. */
  remarks(machine: BuildMachineFacts, configured: readonly string[]): string[];
  /** What `make` is given to build. */
  build: string[];
  /** What `make` is given to install. */
  install: string[];
  /** Names of files without which the result is of no use, though a build may skip them in silence. */
  products: string[];
}

/** What the configuration depends on. */
export interface BuildMachineFacts {
  /** Of what is made. */
  arch: string;
  hasRustc: boolean;
  /** Absent where the machine compiles for itself. */
  cross?: CrossCompilation;
}
