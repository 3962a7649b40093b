import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";

/**
 * Makes sure that a place, which need not exist yet, is not inside the app: nothing is ever written there.
 *
 * @param app - its real path.
 * @param what - names the place at the beginning of a sentence.
 * @throws BuildpackError `platform/usage`.
 */
export async function refusePlaceInside(app: string, place: string, what: string): Promise<void> {
  const real = await realPathOf(place);
  if (!`${real}/`.startsWith(`${app}/`)) return;
  const problem = `${what} would be inside the app, at \`${place}\``;
  throw new BuildpackError({ code: "platform/usage", problem });
}

/** With the links of the directories that exist resolved. */
async function realPathOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  return join(await realPathOf(dirname(path)), basename(path));
}
