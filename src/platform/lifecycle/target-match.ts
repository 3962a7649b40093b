import type { BuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import type { Target } from "../../cnb/target.ts";

type Pattern = BuildpackDescriptor["targets"][number];

/** Whether a component buildpack says that it runs on `target`. What either leaves open matches. */
export function runsOn(descriptor: BuildpackDescriptor, target: Target): boolean {
  return patternsOf(descriptor).some((pattern) => matches(pattern, target));
}

/** Buildpacks older than targets say in which stacks they run; silence means Linux. */
function patternsOf({ targets, stacks }: BuildpackDescriptor): Pattern[] {
  if (targets.length > 0) return targets;
  const fromStacks = stacks.flatMap(({ id }) => patternsOfStack[id] ?? []);
  return fromStacks.length > 0 ? fromStacks : [{ os: "linux", distros: [] }];
}

const patternsOfStack: Record<string, Pattern[]> = {
  "*": [{ distros: [] }],
  "io.buildpacks.stacks.bionic": [
    { os: "linux", arch: "amd64", distros: [{ name: "ubuntu", version: "18.04" }] },
  ],
};

function matches(pattern: Pattern, target: Target): boolean {
  return (
    agree(pattern.os, target.os) &&
    agree(pattern.arch, target.arch) &&
    agree(pattern.archVariant, target.archVariant) &&
    matchesDistro(pattern, target)
  );
}

function matchesDistro({ distros }: Pattern, { distro }: Target): boolean {
  if (distros.length === 0) return true;
  if (!distro) return false;
  return distros.some(
    ({ name, version }) => agree(name, distro.name) && agree(version, distro.version),
  );
}

function agree(wanted: string | undefined, present: string | undefined): boolean {
  return !wanted || !present || wanted === present;
}
