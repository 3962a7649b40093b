import { dirname } from "node:path/posix";

/**
 * The directories of the SQLite files that `config/database.yml` names for production, relative to the app. Names
 * that the file computes, with ERB, are left out.
 */
export function sqliteDirectories(databaseYml: string): string[] {
  let isProduction = false;
  // An app that can use several databases may have the section more than once, in branches of a template.
  const names = databaseYml.split("\n").map((line) => {
    if (/^[^ \t#]/.test(line)) isProduction = line.startsWith("production:");
    return isProduction ? fileIn(line) : undefined;
  });
  return [...new Set(names.filter((name) => name !== undefined).map((name) => dirname(name)))];
}

function fileIn(line: string): string | undefined {
  return /^[ \t]+database:[ \t]*["']?([\w.-][\w./-]*\.(?:sqlite3?|db))\b/.exec(line)?.[1];
}
