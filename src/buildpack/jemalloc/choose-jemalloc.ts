import * as z from "zod";
import type { Artifact } from "../../artifacts/artifact.ts";
import { fitsTarget } from "../../artifacts/artifact.ts";
import { resolveArtifact } from "../../artifacts/resolve-artifact.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { compareGemVersions, isPrerelease } from "../../ruby/gem-version.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import type { LockedRuby } from "../../ruby/ruby-version.ts";
import type { BuildContext } from "../build-context.ts";
import type { Project } from "../project/read-project.ts";

/** The jemalloc that a build is to install. */
export interface JemallocChoice {
  version: string;
  /** Where the version comes from, as the user knows it. */
  source: string;
  /** Whether the user asked for jemalloc, so that a build that cannot have it must fail. */
  required: boolean;
  /** The lockfile, where it has the gem `jemalloc`, which people take for this. */
  gemIn: string | undefined;
  /** Finds its archive; throws where there is none for this build. */
  find: () => Artifact;
}

const defaultVersions = z.object({ "default-versions": z.object({ jemalloc: z.string() }) });

/**
 * Chooses a jemalloc: what JEMALLOC_VERSION names, or the newest of the operator's inventory, or the
 * buildpack's default. `undefined` where BP_JEMALLOC turns it off, and for JRuby, whose memory is the
 * JVM's own affair.
 *
 * @throws BuildpackError `jemalloc/version-unknown`, `artifact/none-for-target`, where the user asked.
 */
export function chooseJemalloc(
  { input, settings }: BuildContext,
  { locked, lockfile }: Project,
  { engine }: LockedRuby,
  inventory: readonly Artifact[],
): JemallocChoice | undefined {
  if (engine !== "ruby" || !settings.BP_JEMALLOC) return undefined;
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
  // What was asked for and does not exist is told before anything is downloaded.
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

// An operator's release goes before a newer one of ours, which may be out of reach.
function operatorsVersion(fitting: readonly Artifact[]): Wanted | undefined {
  const operators = fitting.filter(({ origin }) => origin === "operator");
  const version = newestFirst(operators).find((candidate) => !isPrerelease(candidate));
  return version === undefined ? undefined : { version, source: "the newest in BP_INVENTORY" };
}

function defaultVersion(metadata: unknown): Wanted {
  const { jemalloc } = defaultVersions.parse(metadata)["default-versions"];
  return { version: jemalloc, source: "the buildpack's default" };
}

/**
 * Any variable of jemalloc's at build shows that the user counts on it, but for one that says that it
 * is not to be loaded.
 */
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
