import type { Target } from "../../cnb/target.ts";
import type { Printer } from "../../output/printer.ts";
import type { Clock } from "../../system/clock.ts";
import type { Order } from "./order.ts";
import type { PlatformApi } from "./platform-api.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { StateStep } from "../state/state.ts";

/** What one build of one app needs; every path is one of the host. */
export interface BuildOptions {
  /** The state folder of this app. It is made where it is missing. */
  state: string;
  /**
   * Fills an empty directory with the build's own copy of the app. Called once the state is locked,
   * so that a second build of the same app copies nothing.
   */
  copyApp: (destination: string) => Promise<void>;
  /** Opens the place where buildpacks run; `buildApp` closes it. */
  openSandbox: (request: SandboxRequest) => Promise<Sandbox>;
  /** Directories of buildpacks, those that composite buildpacks consist of included. */
  buildpacks: readonly string[];
  /** The groups to try; without it one group of all buildpacks that are given, see `orderOf`. */
  order?: Order;
  /** What the build and the image run on. */
  target: Target;
  platformApi: PlatformApi;
  /** The user's build environment, which becomes `<platform>/env`. */
  env: Readonly<Record<string, string>>;
  /** Directories of bindings; the last part of each path names the binding. */
  bindings: readonly string[];
  /** The environment that the build image gives; buildpacks see only its variables on the allow-list. */
  imageEnv: Readonly<Record<string, string>>;
  /** A build-config directory, such as the `/cnb/build-config` of a builder. */
  buildConfig?: string;
  /** Forgets the cache and what is known of the previous image's layers, but for `store.toml`. */
  clearCache: boolean;
  printer: Printer;
  clock: Clock;
  signal?: AbortSignal;
  /** Prints what detection decided and why. */
  debug: boolean;
  /** Told of each point that a build reaches, as it reaches it. Tests interrupt builds there. */
  onStep?: (step: BuildStep) => void;
}

export interface SandboxRequest {
  host: { app: string; layers: string; platform: string };
  /** Each buildpack, and its path below `Sandbox.inside.buildpacks`: `<escaped id>/<version>`. */
  buildpacks: readonly { path: string; host: string }[];
}

/** The points of a build, in the order in which they are reached. */
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
