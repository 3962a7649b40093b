import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { sqliteDirectories } from "../../ruby/sqlite-directories.ts";
import { readTextIfAny } from "../../system/files.ts";
import type { Project } from "../project/project.ts";

/**
 * Names the directories of the app's SQLite files: what is written into a container is lost with it.
 *
 * @param home where the project is in the image.
 */
export async function adviseOnSqlite(
  { dir, locked }: Pick<Project, "dir" | "locked">,
  section: Section,
  home = dir,
): Promise<void> {
  if (findGem(locked, "sqlite3") === undefined) return;
  const text = await readTextIfAny(join(dir, "config/database.yml"));
  for (const directory of sqliteDirectories(text ?? "")) {
    section.say(
      `The SQLite files of \`config/database.yml\` need a volume at \`${join(home, directory)}\`, which the app's user may write to`,
    );
  }
}
