import { dirname } from "node:path/posix";

/**
 * The directories of the SQLite files that `config/database.yml` names for production, relative to the app. Names
 * that the file computes, with ERB, are left out.
 */
export function sqliteDirectories(databaseYml: string): string[] {
  const production = /^production:.*\n((?:[ \t].*|#.*|)(?:\n|$))*/m.exec(databaseYml)?.[0] ?? "";
  const names = production.matchAll(
    /^[ \t]+database:[ \t]*["']?([\w.-][\w./-]*\.(?:sqlite3?|db))\b/gm,
  );
  return [...new Set([...names].map(([, name = ""]) => dirname(name)))];
}
