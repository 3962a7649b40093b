import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The directories of this machine that settings of a build (`BP_*`) name by `file:` URLs: a mirror, or
 * the directory of an inventory with its archives. The build would otherwise not see them. Only what
 * the user gives on the command line may be passed here, never variables of an app's `project.toml`.
 */
export async function directoriesOfFileUrls(
  given: Readonly<Record<string, string>>,
): Promise<string[]> {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    const directory = name.startsWith("BP_") ? await directoryOf(value) : undefined;
    if (directory !== undefined && directory !== "/") found.add(directory);
  }
  return [...found].sort();
}

/** Links on the way are resolved: inside, the path has to lead to the same place. */
async function directoryOf(value: string): Promise<string | undefined> {
  if (!value.startsWith("file:///")) return undefined;
  try {
    const path = fileURLToPath(value.replace(/#.*$/, ""));
    const directory = (await stat(path)).isDirectory() ? path : dirname(path);
    // A build reads it by the path that was given, which must not lead through a link.
    return (await realpath(directory)) === directory ? directory : undefined;
  } catch {
    return undefined;
  }
}
