import { formatDuration } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../installed.ts";
import { measureGems } from "./measure-gems.ts";

export { reportConflicts } from "./report-conflicts.ts";
export { reportProject } from "./report-project.ts";
export { writeBillsOfMaterials } from "./write-bills-of-materials.ts";

/** Prints which buildpack this is. Returns the time, for `reportEnd`. */
export function reportStart({ clock, input, printer }: BuildContext): number {
  const { id, name, version } = input.descriptor.buildpack;
  printer.header(`${name ?? id} ${version}`);
  return clock.now();
}

/** Tells a platform that wants to know which gems are installed. */
export async function recordGems(context: BuildContext, { places }: Installed): Promise<void> {
  // Tasks that run meanwhile may remove files of gems, and a report is no reason for a build to fail.
  if (context.onGems) context.onGems(await measureGems(places.gems).catch(() => []));
}

/** Prints that the build is done, and how long it took. */
export function reportEnd({ clock, printer }: BuildContext, started: number): void {
  printer.plain("", `Done (finished in ${formatDuration(clock.now() - started)})`);
}
