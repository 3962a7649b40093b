import { BuildpackError } from "../failure.ts";

/** The process in which a phase runs. */
export interface PhaseProcess {
  env: Readonly<Record<string, string | undefined>>;
  /** The app's directory. */
  cwd: string;
  /** The arguments after the name of the executable. */
  args: readonly string[];
}

/** The Buildpack API that this buildpack implements. */
export const buildpackApi = "0.10";

/**
 * A path that the platform passes in a variable. Older platforms pass it as a positional argument, which is
 * used if the variable is missing or empty.
 *
 * @throws BuildpackError `cnb/input-missing` if there is neither.
 */
export function requiredPath(
  { env, args }: PhaseProcess,
  phase: "detect" | "build",
  variable: string,
  position?: number,
): string {
  const path = env[variable] || (position === undefined ? undefined : args[position]);
  if (path) return path;
  throw new BuildpackError({ code: "cnb/input-missing", variable, phase });
}
