import { type Artifact, fitsTarget } from "../../artifacts/artifact.ts";
import type { Target } from "../../cnb/target.ts";
import type { Section } from "../../output/printer.ts";

/**
 * Prints that a Ruby is portable, and what that means for security updates; or, if it has to be compiled, that the
 * C library of the build image is too old for the portable one.
 */
export function sayPortability(
  artifact: Artifact,
  inventory: readonly Artifact[],
  target: Target,
  section: Section,
): void {
  const { kind, version } = artifact;
  if (kind === "portable") {
    section.say(
      `\`${version}\` is portable: it contains its own OpenSSL, which a rebase does not update (see BP_RUBY_PORTABLE)`,
    );
  }
  const needed = kind === "source" ? oldestGlibc(artifact, inventory, target) : undefined;
  if (needed === undefined) return;
  const own = target.glibc === undefined ? "no glibc" : `glibc ${target.glibc}`;
  section.detail(`The portable Ruby ${version} needs glibc ${needed}; this build image has ${own}`);
}

/** The C library that the portable Ruby of a version needs, if nothing else is missing. */
function oldestGlibc(
  { name, version }: Artifact,
  inventory: readonly Artifact[],
  target: Target,
): string | undefined {
  const portable = inventory.filter(
    (one) => one.kind === "portable" && one.name === name && one.version === version,
  );
  if (portable.some((one) => fitsTarget(one, target))) return undefined;
  return portable
    .map((one) => ({ one, glibc: one.builtFor.glibc }))
    .find(({ one, glibc }) => glibc && fitsTarget(one, { ...target, glibc }))?.glibc;
}
