import type { Target } from "../../cnb/target.ts";
import type { Printer } from "../../output/printer.ts";
import type { Clock } from "../../system/clock.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";
import type { Order } from "./order.ts";
import type { PlatformApi } from "./platform-api.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { StateStep } from "../state/state.ts";

/** What one build of one app needs. All paths are paths on this machine. */
export interface BuildOptions {
  /** The state directory of this app. It is made if it is missing. */
  state: string;
  /**
   * Fills an empty directory with a copy of the app. It is called after the state is locked, so that a
   * second build of the same app copies nothing.
   */
  copyApp: (destination: string) => Promise<void>;
  /** Opens the sandbox in which buildpacks run; `buildApp` closes it. */
  openSandbox: (request: SandboxRequest) => Promise<Sandbox>;
  /** Directories of buildpacks, including the parts of composite buildpacks. */
  buildpacks: readonly string[];
  /** The groups to try. The default is one group of all given buildpacks, see `orderOf`. */
  order?: Order;
  /** The target of the build and of the image. */
  target: Target;
  platformApi: PlatformApi;
  /** The execution environment that the image is for, such as `production` or `test`. */
  execEnv: string;
  /** The user's build environment, which becomes `<platform>/env`. */
  env: Readonly<Record<string, string>>;
  /** Directories of bindings; the last part of each path names the binding. */
  bindings: readonly string[];
  /** The environment of the build image. Buildpacks see only the variables on the allow-list. */
  imageEnv: Readonly<Record<string, string>>;
  /** A build-config directory, such as the `/cnb/build-config` of a builder. */
  buildConfig?: string;
  /**
   * Is given what the buildpacks left, SBOMs included, before the build becomes the current one. If it fails, the
   * build fails.
   */
  keepOutputs?: ((outputs: readonly BuildpackOutputs[]) => Promise<void>) | undefined;
  /** Ignores the cache and the metadata of the previous image, except `store.toml`. */
  clearCache: boolean;
  printer: Printer;
  clock: Clock;
  signal?: AbortSignal;
  /** Asks buildpacks what they did, for a report. */
  wantsFacts?: boolean;
  /** Prints the results of detection. */
  debug: boolean;
  /** Called at each point that a build reaches. Tests interrupt builds there. */
  onStep?: (step: BuildStep) => void;
}

export interface SandboxRequest {
  host: { app: string; layers: string };
  /** The buildpacks, each with its path below `Sandbox.inside.buildpacks`: `<escaped id>/<version>`. */
  buildpacks: readonly { path: string; host: string }[];
}

/** The points of a build, in order. */
export type BuildStep =
  | "state locked"
  | "app copied"
  | "detected"
  | "metadata restored"
  | "layers restored"
  | "buildpack built"
  | "all buildpacks built"
  | "layers stored"
  | StateStep
  | "previous build removed";
