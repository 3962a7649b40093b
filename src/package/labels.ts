import type { BuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import type { Architecture } from "./package-options.ts";

/**
 * The labels that tell a platform which buildpack an image contains.
 *
 * Spec: Distribution, Buildpack, Labels.
 *
 * @param layerDiffId - of the layer that contains the buildpack.
 */
export function packageLabels(
  { api, buildpack, targets, stacks }: BuildpackDescriptor,
  architecture: Architecture,
  layerDiffId: string,
): Record<string, string> {
  const { id, version, name, homepage, description, keywords, licenses } = buildpack;
  const own = targets.filter(({ arch }) => arch === architecture);
  const about = { api, stacks, targets: own.map(targetLabel), layerDiffID: layerDiffId };
  return {
    "io.buildpacks.buildpackage.metadata": JSON.stringify({
      ...{ id, name, version, homepage, description, keywords, licenses },
      // The specification requires at least one stack, even if there are targets.
      stacks: stacks.length > 0 ? stacks : [{ id: "*" }],
    }),
    "io.buildpacks.buildpack.layers": JSON.stringify({
      [id]: { [version]: { ...about, homepage, name } },
    }),
  };
}

function targetLabel({
  os,
  arch,
  archVariant,
  distros,
}: BuildpackDescriptor["targets"][number]): object {
  return { os, arch, variant: archVariant, ...(distros.length > 0 ? { distros } : {}) };
}
