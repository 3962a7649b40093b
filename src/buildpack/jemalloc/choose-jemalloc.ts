import type { Artifact } from "../../artifacts/artifact.ts";
import { fitsTarget } from "../../artifacts/artifact.ts";
import { resolveArtifact } from "../../artifacts/resolve-artifact.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { compareGemVersions, isPrerelease } from "../../ruby/gems/gem-version.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import type { BuildContext } from "../build-context.ts";
import { readDefaultVersions } from "../default-versions.ts";
import type { Project } from "../project/project.ts";

/** The jemalloc that a build installs. */
export interface JemallocChoice {
  version: string;
  /** Where the version comes from, in the user's words. */
  source: string;
  /** Whether the user asked for jemalloc: the build then fails if it cannot be installed. */
  required: boolean;
  /** The name of the lockfile, if it has the gem `jemalloc`, which users may confuse with this. */
  gemIn: string | undefined;
  /** Finds its archive. Throws if there is none for this build. */
  find: () => Artifact;
}

/**
 * Chooses a jemalloc: the version in JEMALLOC_VERSION, or the newest in the operator's inventory, or the
 * buildpack's default. `undefined` if BP_JEMALLOC turns it off, and for JRuby, since the JVM manages its
 * own memory.
 *
 * @throws BuildpackError `jemalloc/version-unknown`, `artifact/none-for-target`, if the user asked for it.
 */
export function chooseJemalloc(
  { input, settings }: BuildContext,
  { locked, lockfile }: Project,
  { ruby }: RubyRequest,
  inventory: readonly Artifact[],
): JemallocChoice | undefined {
  if (ruby.engine !== "ruby" || !settings.BP_JEMALLOC) return undefined;
  const { target, descriptor, platform } = input;
  const fitting = inventory.filter(
    (artifact) => artifact.name === "jemalloc" && fitsTarget(artifact, target),
  );
  const wanted =
    wantedVersion(settings.JEMALLOC_VERSION) ??
    operatorsVersion(fitting) ??
    defaultVersion(descriptor.metadata);
  const find = () => findArchive(inventory, wanted, fitting, target);
  const required = asksForJemalloc(platform.env);
  // If a version does not exist, the user should know before anything is downloaded.
  if (required) find();
  const gemIn = findGem(locked, "jemalloc") && lockfile;
  return { ...wanted, required, gemIn, find };
}

interface Wanted {
  version: string;
  source: string;
}

function wantedVersion(version: string | undefined): Wanted | undefined {
  return version === undefined ? undefined : { version, source: "JEMALLOC_VERSION" };
}

// An operator's release wins over a newer one of ours, which may not be reachable.
function operatorsVersion(fitting: readonly Artifact[]): Wanted | undefined {
  const operators = fitting.filter(({ origin }) => origin === "operator");
  const version = newestFirst(operators).find((candidate) => !isPrerelease(candidate));
  return version === undefined ? undefined : { version, source: "the newest in BP_INVENTORY" };
}

function defaultVersion(metadata: unknown): Wanted {
  const { jemalloc } = readDefaultVersions(metadata);
  return { version: jemalloc, source: "the buildpack's default" };
}

/** Any JEMALLOC variable at build time shows that the user relies on it, unless it turns loading off. */
function asksForJemalloc(userEnv: Readonly<Record<string, string>>): boolean {
  return Object.entries(userEnv).some(([name, value]) => {
    if (!name.startsWith("JEMALLOC_") || value.trim() === "") return false;
    return name !== "JEMALLOC_ENABLED" || value.trim() !== "false";
  });
}

function findArchive(
  inventory: readonly Artifact[],
  { version, source }: Wanted,
  fitting: readonly Artifact[],
  target: Target,
): Artifact {
  const named = inventory.filter(({ name }) => name === "jemalloc");
  if (named.some((artifact) => artifact.version === version)) {
    return resolveArtifact(inventory, { name: "jemalloc", version, source, target });
  }
  throw new BuildpackError({
    code: "jemalloc/version-unknown",
    version,
    archive: `jemalloc-${version}.tar.bz2`,
    versions: newestFirst(fitting),
  });
}

function newestFirst(artifacts: readonly Artifact[]): string[] {
  const versions = new Set(artifacts.map(({ version }) => version));
  return [...versions].sort((a, b) => compareGemVersions(b, a));
}
