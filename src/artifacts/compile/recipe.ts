import type { Artifact } from "../artifact.ts";
import type { Requirement } from "./preflight.ts";
import type { CrossCompilation } from "./toolchain.ts";

/** How source is compiled and installed. Every command runs in the source's directory. */
export interface Recipe {
  requirements(artifact: Artifact): Requirement[];
  /** The arguments of `./configure` after the prefix. */
  configure(machine: BuildMachineFacts): string[];
  /** Remarks for the user, after `./configure` has printed these lines. */
  remarks(machine: BuildMachineFacts, configured: readonly string[]): string[];
  /** What a user misses because of a remark, if it is a warning for this version. */
  loss(artifact: Artifact): string | undefined;
  /** The targets of `make` that build. */
  build: string[];
  /** The targets of `make` that install. */
  install: string[];
  /** Names of necessary files. A build may leave them out silently, so they are checked. */
  products: string[];
}

/** What `./configure` depends on. */
export interface BuildMachineFacts {
  /** The architecture of the result. */
  arch: string;
  hasRustc: boolean;
  /** `undefined` if the machine compiles for itself. */
  cross?: CrossCompilation;
}
