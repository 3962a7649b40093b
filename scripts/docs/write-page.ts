import { writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";

/** Writes a generated page, formatted as `npm run format` would by the end of its name. */
export async function writePage(path: string, text: string): Promise<void> {
  const options = await resolveConfig(path);
  await writeFile(path, await format(text, { ...options, filepath: path }));
}
