import { readFile } from "node:fs/promises";
import { matchesGlob } from "node:path";

/** Stories that the local platform answers otherwise, and why. */
export interface Deviation {
  /** A story's name, or a glob of names. */
  pattern: string;
  reason: string;
}

/** Reads `test/conformance/deviations.md`: items of the form `` - `area/name`, `area/glob*`: reason ``. */
export async function readDeviations(): Promise<Deviation[]> {
  const text = await readFile(new URL("../../conformance/deviations.md", import.meta.url), "utf8");
  const items = text.matchAll(/^- ((?:`[^`]+`(?:, )?)+): (.+(?:\n {2}.+)*)$/gm);
  return [...items].flatMap(([, names = "", reason = ""]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, pattern = ""]) => ({ pattern, reason })),
  );
}

/** Why this story may deviate, where it may. */
export function deviationOf(deviations: readonly Deviation[], name: string): Deviation | undefined {
  return deviations.find(({ pattern }) => matchesGlob(name, pattern));
}
