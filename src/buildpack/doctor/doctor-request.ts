import type { Binding, IgnoredBinding } from "../../cnb/bindings.ts";
import type { Target } from "../../cnb/target.ts";
import type { Clock } from "../../system/clock.ts";

/** An app, and the build that it is examined for. */
export interface DoctorRequest {
  /** The real path of the app, which is only read. */
  appDir: string;
  /** Its path as the user wrote it. */
  shownAs: string;
  /** Whether a build would leave out a file or directory, by its path in the app. */
  hides: (path: string, isDirectory: boolean) => boolean;
  buildpackDir: string;
  /** The user's environment for the build. */
  env: Readonly<Record<string, string>>;
  /** Where a variable comes from, in the user's words. */
  sourceOf: (variable: string) => string;
  /** Settings that only the user's shell has, so that no build gets them. */
  notPassed: readonly string[];
  /** The environment of the build image. */
  imageEnv: Readonly<Record<string, string>>;
  bindings: readonly Binding[];
  ignoredBindings: readonly IgnoredBinding[];
  target: Target;
  /** The root file system that stands for the build image. */
  root: string;
  /** Whether the user has named it. If not, it is that of this machine, which the image may differ from. */
  rootIsNamed: boolean;
  clock: Clock;
  signal: AbortSignal;
}
