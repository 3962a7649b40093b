import { BuildpackError } from "../../failure.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";

/** One buildpack in a group; one without a version is the only one of its id. */
export interface GroupElement {
  id: string;
  version?: string;
  optional?: boolean | undefined;
}

/** Groups of buildpacks, tried from the first to the last. */
export type Order = readonly { group: readonly GroupElement[] }[];

/**
 * The order for buildpacks that a user names one after the other: one group of them all. A buildpack
 * that a given composite buildpack contains was only given so that the composite finds it.
 */
export function orderOf(buildpacks: readonly Buildpack[]): Order {
  const parts = buildpacks.flatMap(({ descriptor }) => descriptor.order ?? []);
  const isPart = (id: string) => parts.some(({ group }) => group.some((part) => part.id === id));
  const group = buildpacks
    .filter(({ id }) => !isPart(id))
    .map(({ id, version }) => ({ id, version }));
  return [{ group }];
}

/**
 * The buildpack that an element of a group means.
 *
 * @throws BuildpackError `platform/buildpack-missing` where no such buildpack was given.
 */
export function findBuildpack(buildpacks: readonly Buildpack[], element: GroupElement): Buildpack {
  const { id, version } = element;
  const found = buildpacks.find(
    (buildpack) => buildpack.id === id && (version === undefined || buildpack.version === version),
  );
  if (found) return found;
  const given = buildpacks.map(nameOf).join(", ");
  throw new BuildpackError({
    code: "platform/buildpack-missing",
    path: version === undefined ? id : nameOf({ id, version }),
    problem: `an order names it, and these were given: ${given || "none"}`,
  });
}

/** @throws BuildpackError as `findBuildpack` does, for any element that can be reached. */
export function checkOrder(order: Order, buildpacks: readonly Buildpack[]): void {
  const seen = new Set<string>();
  const check = (groups: Order) => {
    for (const element of groups.flatMap(({ group }) => group)) {
      const buildpack = findBuildpack(buildpacks, element);
      if (seen.has(nameOf(buildpack))) continue;
      seen.add(nameOf(buildpack));
      check(buildpack.descriptor.order ?? []);
    }
  };
  check(order);
}
