/** A table of an inventory file, with its keys in the order in which they are written. */
export type Table = Readonly<Record<string, string | number | undefined>>;

/**
 * The text of a file that is a list of tables, as `[[artifacts]]`. What stands before the first table
 * of `present`, such as comments, is kept.
 */
export function listOfTables(name: string, present: string, tables: readonly Table[]): string {
  const [head = ""] = present.split(/^(?=\[\[)/m);
  const written = tables.map((table) => [`[[${name}]]`, ...linesOf(table)].join("\n"));
  return `${[head.trimEnd(), ...written].join("\n\n")}\n`;
}

function linesOf(table: Table): string[] {
  return Object.entries(table)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
}
