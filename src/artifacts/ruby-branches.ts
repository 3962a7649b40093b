import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { compareGemVersions } from "../ruby/gems/gem-version.ts";
import { parseToml } from "../toml.ts";

const date = z.iso.date();

const branchesSchema = z.strictObject({
  // The day on which this was true.
  updated: date.optional(),
  branches: z.array(
    z.strictObject({
      branch: z.string(),
      status: z.enum(["preview", "normal maintenance", "security maintenance", "eol"]),
      "first-release": date,
      eol: date.optional(),
    }),
  ),
});

/** A branch of Ruby, such as 3.4. */
export interface RubyBranch {
  branch: string;
  /** The day on which its maintenance ends, `YYYY-MM-DD`. `undefined` if none is announced. */
  eol: string | undefined;
}

/** Reads the branches in the buildpack's `inventory/ruby-branches.toml`. */
export async function readRubyBranches(buildpackDir: string): Promise<RubyBranch[]> {
  const text = await readFile(join(buildpackDir, "inventory", "ruby-branches.toml"), "utf8");
  return branchesSchema.parse(parseToml(text)).branches.map(({ branch, eol }) => ({ branch, eol }));
}

/** The branch that a version belongs to: `3.4` for `3.4.5`. */
export function branchOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/**
 * Lines of a warning about an old Ruby. Empty if the Ruby is the newest release of a maintained branch.
 *
 * @param today the date as `YYYY-MM-DD`.
 * @param newerPatch a newer release of the same branch, if one can be installed.
 */
export function ageWarning(
  version: string,
  today: string,
  branches: readonly RubyBranch[],
  newerPatch: string | undefined,
): string[] {
  const branch = branches.find((candidate) => candidate.branch === branchOf(version));
  const patch = newerPatch
    ? [
        `Ruby ${newerPatch} is a newer release of the same branch, with fixes that ${version} lacks.`,
      ]
    : [];
  if (!branch?.eol || branch.eol > today) return patch;
  const maintained = branches
    .filter(({ eol }) => eol === undefined || eol > today)
    .map((other) => other.branch)
    .sort(compareGemVersions);
  return [
    `Ruby ${branch.branch} reached its end of life on ${branch.eol}: it gets no more security fixes.`,
    `Maintained branches: ${maintained.join(", ")}.`,
    ...patch,
  ];
}
