import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { databasesBesidePrimary, sqliteDirectories } from "../../ruby/database-yml.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { readTextIfAny } from "../../system/files.ts";
import type { Project } from "../project/project.ts";

/**
 * Says what `config/database.yml` needs where the app runs: a volume for SQLite files, because what is written into a
 * container is lost with it, and a variable for each database of a server besides the first.
 *
 * @param home where the project is in the image.
 */
export async function adviseOnDatabases(
  { dir, locked }: Pick<Project, "dir" | "locked">,
  section: Section,
  home = dir,
): Promise<void> {
  const has = (gem: string) => findGem(locked, gem) !== undefined;
  const text = (await readTextIfAny(join(dir, "config/database.yml"))) ?? "";
  for (const directory of has("sqlite3") ? sqliteDirectories(text) : []) {
    section.say(
      `Mount a volume at \`${join(home, directory)}\` for the SQLite files of \`config/database.yml\`: the app's user must be able to write to it`,
    );
  }
  const others = ["pg", "mysql2", "trilogy"].some(has) ? databasesBesidePrimary(text) : [];
  if (others.length === 0) return;
  const variables = others.map((name) => `\`${name.toUpperCase()}_DATABASE_URL\``).join(", ");
  section.say(
    `\`DATABASE_URL\` sets only the database \`primary\` of \`config/database.yml\`: also set ${variables} where the app runs`,
  );
}
