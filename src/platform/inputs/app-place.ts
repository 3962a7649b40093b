import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { isWithin } from "../../system/is-within.ts";
import { usageError } from "../../failure.ts";

/**
 * Makes sure that a place, which need not exist yet, is not inside the app: nothing is ever written there.
 *
 * @param app - its real path.
 * @param what - names the place at the beginning of a sentence.
 * @throws BuildpackError `platform/usage`.
 */
export async function refusePlaceInside(app: string, place: string, what: string): Promise<void> {
  const [inside] = await placesInside(app, [place]);
  if (inside === undefined) return;
  const problem = `${what} would be inside the app, at \`${place}\``;
  throw usageError(problem);
}

/**
 * Which of some places, which need not exist yet, are inside the app: their paths relative to it. That of the app
 * itself is empty.
 *
 * @param app - its real path.
 */
export async function placesInside(app: string, places: readonly string[]): Promise<string[]> {
  const real = await Promise.all(places.map(realPathOf));
  return real.filter((place) => isWithin(app, place)).map((place) => relative(app, place));
}

/** With the links of the directories that exist resolved. */
async function realPathOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  return join(await realPathOf(dirname(path)), basename(path));
}
