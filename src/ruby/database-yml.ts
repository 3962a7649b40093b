import { dirname } from "node:path/posix";

/**
 * The directories of the SQLite files that `config/database.yml` names for production, relative to the app. Names
 * that the file computes, with ERB, are left out.
 */
export function sqliteDirectories(databaseYml: string): string[] {
  const names = productionLines(databaseYml).map(fileIn);
  return [...new Set(names.filter((name) => name !== undefined).map((name) => dirname(name)))];
}

/**
 * The databases that `config/database.yml` has for production besides `primary`, and whose server it does not name by
 * a URL, a host or an SQLite file. `DATABASE_URL` does not set them: Rails reads `CACHE_DATABASE_URL` for `cache`.
 */
export function databasesBesidePrimary(databaseYml: string): string[] {
  const lines = productionLines(databaseYml).filter((line) => !/^[ \t]*(?:#|<%|$)/.test(line));
  const depth = lines.reduce((least, line) => Math.min(least, line.search(/\S/)), Infinity);
  const names = new Set<string>();
  let current: string | undefined;
  for (const line of lines) {
    if (line.search(/\S/) === depth) {
      current = /^\s+(\w+):\s*(?:&\w+\s*)?$/.exec(line)?.[1];
      // Settings of one database, not names of several.
      if (current === undefined) return [];
      names.add(current);
    } else if (current !== undefined && namesServer(line)) names.delete(current);
  }
  // An app that names the server of `primary` itself inherits it in the other sections.
  return names.delete("primary") ? [...names] : [];
}

/** The lines below `production:`. An app that can use several databases may have it more than once, with ERB. */
function productionLines(databaseYml: string): string[] {
  let isProduction = false;
  return databaseYml.split("\n").filter((line) => {
    const isKey = /^[^ \t#]/.test(line);
    if (isKey) isProduction = line.startsWith("production:");
    return isProduction && !isKey;
  });
}

function namesServer(line: string): boolean {
  return /^\s+(?:url|host):/.test(line) || fileIn(line) !== undefined;
}

function fileIn(line: string): string | undefined {
  return /^[ \t]+database:[ \t]*["']?([\w.-][\w./-]*\.(?:sqlite3?|db))\b/.exec(line)?.[1];
}
