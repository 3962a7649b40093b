import type { ChangedEntry } from "../story.ts";
import { type Difference, differences } from "./differences.ts";
import { describeToml, sameWriting } from "./toml-values.ts";

type Entries = Readonly<Record<string, ChangedEntry>>;

/** Compares what changed below `/layers` and `/out`, as far as `counts` lets a path through. */
export function compareTrees(
  where: string,
  real: Entries,
  ours: Entries,
  counts: (path: string) => boolean,
): Difference[] {
  const paths = [...new Set([...Object.keys(real), ...Object.keys(ours)])].filter(counts).sort();
  return paths.flatMap((path) => {
    const entries = [real[path], ours[path]].map(
      (entry) => entry && withoutOwnersGivenLater(path, entry),
    );
    return compareEntries(`${where}, ${path}`, entries[0], entries[1]);
  });
}

/** What the platform itself writes is given to the build user as it is exported. */
function withoutOwnersGivenLater(path: string, entry: ChangedEntry): ChangedEntry {
  const { uid: _uid, gid: _gid, ...rest } = entry;
  return /^\/layers\/(sbom|config)(\/|$)/.test(path) ? rest : entry;
}

function compareEntries(
  where: string,
  real: ChangedEntry | undefined,
  ours: ChangedEntry | undefined,
): Difference[] {
  if (!real || !ours) return differences(where, real, ours && { type: ours.type, text: ours.text });
  return differences(where, normalise(real), normalise(likeToml(real, ours)));
}

/** Where the answer has values of TOML, ours are read as such. */
function likeToml({ toml }: ChangedEntry, ours: ChangedEntry): ChangedEntry {
  if (toml === undefined || ours.text === undefined) return ours;
  const { text, ...rest } = ours;
  try {
    return { ...rest, toml: describeToml(text) };
  } catch {
    return ours;
  }
}

function normalise({ text, toml, ...entry }: ChangedEntry): object {
  return {
    ...entry,
    ...(text === undefined ? {} : { text: withoutColours(withoutChosenPaths(text)) }),
    ...(toml === undefined ? {} : { toml: sameWriting(toml) }),
  };
}

/** Answers have no colours, whoever set them. */
function withoutColours(text: string): string {
  // oxlint-disable-next-line no-control-regex -- This is what a terminal reads as a colour.
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}

/** Platforms choose where the plans stand that they hand to buildpacks. */
function withoutChosenPaths(text: string): string {
  return text
    .replaceAll(/\/tmp\/\S*RANDOM\S*\.toml/g, "<plan>")
    .replaceAll(/\/layers\/\.(detect|plan)\/\S*\.toml/g, "<plan>");
}
