import { join } from "node:path";
import { type Process, writeLaunch } from "../../cnb/launch.ts";
import type { Section } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import type { Project } from "../project/project.ts";
import { chooseProcesses, type ListRakeTasks } from "./choose-processes.ts";
import { adviseOnDatabases } from "./advise-on-databases.ts";
import { imageLabels } from "./image-labels.ts";
import { prepareDatabase } from "./prepare-database.ts";

export { adviseOnDatabases } from "./advise-on-databases.ts";

/**
 * Writes launch.toml: what the image runs, its labels, and the slice of the image for precompiled assets.
 *
 * @param served directories that browsers are served from, relative to the project. They change less
 * often than code, so a slice of their own saves uploads.
 */
export async function writeProcesses(
  { input, printer, settings }: BuildContext,
  project: Project,
  served: readonly string[],
  listRakeTasks: ListRakeTasks,
): Promise<void> {
  await printer.section("Processes", async (section) => {
    const processes = await planProcesses(settings, project, section, listRakeTasks);
    await adviseOnDatabases(project, section);
    const paths = served.map((path) => join(project.path, path));
    const slices = paths.length > 0 ? [{ paths }] : [];
    const labels = imageLabels(input.platform.env, settings.BP_IMAGE_LABELS);
    for (const { key, value } of labels) section.say(`Label \`${key}=${value}\``);
    await writeLaunch(input.layersDir, { labels, processes, slices });
  });
}

/** The processes of the image, as `launch.toml` will have them, and prints why. */
export async function planProcesses(
  settings: Pick<BuildContext["settings"], "BP_EXEC_ENV" | "BP_RAILS_DB_PREPARE">,
  project: Project,
  section: Section,
  listRakeTasks: ListRakeTasks,
): Promise<Process[]> {
  const chosen = await chooseProcesses(project, settings.BP_EXEC_ENV, section, listRakeTasks);
  return settings.BP_RAILS_DB_PREPARE ? prepareDatabase(chosen, project, section) : chosen;
}
