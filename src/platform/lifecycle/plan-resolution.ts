import type { BuildPlan, BuildPlanAlternative, Require } from "../../cnb/build-plan.ts";

/** A buildpack whose detect passed, and what it offers and asks for. */
export interface Candidate<B> {
  buildpack: B;
  optional: boolean;
  plan: BuildPlan;
}

/** All that was asked for under one name, and the buildpacks that provide it. */
export interface PlanEntry {
  name: string;
  providers: string[];
  requires: Require[];
}

export type Resolution<B> =
  | { state: "resolved"; group: B[]; entries: PlanEntry[] }
  /** What was left over in the last attempt that was made. */
  | { state: "unresolved"; problems: string[] };

/** One way through the alternatives: for each candidate, which one it takes. */
type Trial<B> = (Candidate<B> & { sections: BuildPlanAlternative })[];

/**
 * Finds the first way in which everything that is provided is required and the reverse. A candidate
 * takes its plan, then its alternatives in order; the last candidate's vary fastest. An optional one
 * may be dropped, but only where its last alternative does not fit either.
 *
 * Spec: Buildpack Interface, Detection, phase 2.
 */
export function resolvePlan<B extends { id: string }>(
  candidates: readonly Candidate<B>[],
): Resolution<B> {
  let last: Resolution<B> = { state: "unresolved", problems: [] };
  for (const trial of trialsOf(candidates)) {
    last = runTrial(trial);
    if (last.state === "resolved") return last;
  }
  return last;
}

function* trialsOf<B>(candidates: readonly Candidate<B>[]): Generator<Trial<B>> {
  const [first, ...rest] = candidates;
  if (!first) {
    yield [];
    return;
  }
  const alternatives = [first.plan, ...first.plan.or];
  for (const [index, sections] of alternatives.entries()) {
    const optional = first.optional && index === alternatives.length - 1;
    for (const trial of trialsOf(rest)) yield [{ ...first, optional, sections }, ...trial];
  }
}

/** Drops optional buildpacks that do not fit until all fit or one that is required does not. */
function runTrial<B extends { id: string }>(trial: Trial<B>): Resolution<B> {
  let members = trial;
  for (;;) {
    const entries = entriesOf(members);
    const misfits = misfitsOf(entries);
    const fatal = misfits.filter(({ member }) => !member.optional);
    if (fatal.length > 0)
      return { state: "unresolved", problems: fatal.map(({ problem }) => problem) };
    if (misfits.length === 0) return resolved(members, entries);
    members = members.filter((member) => !misfits.some((misfit) => misfit.member === member));
  }
}

function resolved<B extends { id: string }>(
  members: Trial<B>,
  entries: ReadonlyMap<string, Entry<B>>,
): Resolution<B> {
  if (members.length === 0) return { state: "unresolved", problems: ["no buildpack is left"] };
  return {
    state: "resolved",
    group: members.map(({ buildpack }) => buildpack),
    entries: [...entries].map(([name, { providers, requires }]) => ({
      name,
      providers: providers.map(({ buildpack }) => buildpack.id),
      requires,
    })),
  };
}

interface Entry<B> {
  providers: Trial<B>;
  requires: Require[];
  /** Those who provide it after the last buildpack that requires it. */
  unused: Trial<B>;
  /** Those who require it before any buildpack provides it. */
  unprovided: Trial<B>;
}

function entriesOf<B>(members: Trial<B>): Map<string, Entry<B>> {
  const entries = new Map<string, Entry<B>>();
  const entryOf = (name: string) => {
    const entry = entries.get(name) ?? { providers: [], requires: [], unused: [], unprovided: [] };
    entries.set(name, entry);
    return entry;
  };
  for (const member of members) {
    for (const { name } of member.sections.provides) entryOf(name).unused.push(member);
    for (const require of member.sections.requires) {
      const entry = entryOf(require.name);
      entry.providers.push(...entry.unused.splice(0));
      if (entry.providers.length > 0) entry.requires.push(require);
      else entry.unprovided.push(member);
    }
  }
  return entries;
}

function misfitsOf<B extends { id: string }>(
  entries: ReadonlyMap<string, Entry<B>>,
): { member: Trial<B>[number]; problem: string }[] {
  return [...entries].flatMap(([name, { unused, unprovided }]) => {
    const early = unprovided.map((member) => misfit(member, "requires", name));
    return early.concat(unused.map((member) => misfit(member, "provides", name)));
  });
}

function misfit<B extends { id: string }>(
  member: Trial<B>[number],
  verb: "requires" | "provides",
  name: string,
) {
  const other = verb === "requires" ? "provides" : "requires";
  const hint = verb === "requires" ? providerNamedBy(member.sections.requires, name) : "";
  const problem = `${member.buildpack.id} ${verb} ${name}, which no other buildpack ${other}${hint}`;
  return { member, problem };
}

/** Who could provide it, where the requirement says so in its metadata. */
function providerNamedBy(requires: readonly Require[], name: string): string {
  const named = requires.find((require) => require.name === name)?.metadata?.["buildpack"];
  return typeof named === "string" ? ` (${named} would)` : "";
}
