import { dirname } from "node:path/posix";

/**
 * The directories of the SQLite files that `config/database.yml` names for production, relative to the app. Names
 * that the file computes, with ERB, are left out.
 */
export function sqliteDirectories(databaseYml: string): string[] {
  const lines = databaseYml.split("\n");
  const start = lines.findIndex((line) => line.startsWith("production:"));
  const below = start === -1 ? [] : lines.slice(start + 1);
  const end = below.findIndex((line) => /^[^ \t#]/.test(line));
  const names = (end === -1 ? below : below.slice(0, end)).map(fileIn);
  return [...new Set(names.filter((name) => name !== undefined).map((name) => dirname(name)))];
}

function fileIn(line: string): string | undefined {
  return /^[ \t]+database:[ \t]*["']?([\w.-][\w./-]*\.(?:sqlite3?|db))\b/.exec(line)?.[1];
}
