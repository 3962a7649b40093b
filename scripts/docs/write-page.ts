import { writeFile } from "node:fs/promises";
import { format, type FormatConfig } from "oxfmt";
import options from "../../test/oxfmt.json" with { type: "json" };

/** Writes a generated page, formatted as `npm run format` would by the end of its name. */
export async function writePage(path: string, text: string): Promise<void> {
  const { code, errors } = await format(path, text, options as FormatConfig);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map((e) => e.message).join("; ")}`);
  await writeFile(path, code);
}
