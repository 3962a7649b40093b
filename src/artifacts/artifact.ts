import * as z from "zod";
import type { Target } from "../cnb/target.ts";

/** A SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, "expected 64 hexadecimal digits")
  .toLowerCase();

const common = {
  name: z.string().min(1),
  // As RubyGems writes it, with dots only: `3.5.0.preview1`.
  version: z
    .string()
    .regex(/^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$/, "expected a version such as `3.4.5`"),
  url: z.string().min(1),
  sha256: sha256Schema.optional(),
  "strip-components": z.int().min(0).default(0),
};

const prebuiltSchema = z.strictObject({
  ...common,
  kind: z.literal("prebuilt"),
  os: z.string().default("linux"),
  // Missing if the archive is for all of them.
  arch: z.string().optional(),
  "distro-name": z.string().optional(),
  "distro-version": z.string().optional(),
});

const sourceSchema = z.strictObject({
  ...common,
  // The buildpack can compile these.
  name: z.enum(["ruby", "jemalloc"]),
  kind: z.literal("source"),
});

/**
 * An inventory file: `[[artifacts]]`, each prebuilt for one target, or the source for any target. The files in
 * `inventory/` and the operator's inventory have this format.
 */
export const inventoryFileSchema = z.strictObject({
  artifacts: z.array(z.discriminatedUnion("kind", [prebuiltSchema, sourceSchema])).default([]),
});

/** One archive that can be installed. */
export interface Artifact {
  name: string;
  version: string;
  kind: "prebuilt" | "source";
  /** Absolute: `https:`, `http:` or `file:`. */
  url: string;
  /** `undefined` if upstream publishes none: the archive then cannot be verified. */
  sha256: string | undefined;
  /** How many leading directories to drop from paths in the archive. */
  stripComponents: number;
  /** What a prebuilt archive runs on. A missing member fits any. Empty for source. */
  builtFor: { os?: string; arch?: string; distroName?: string; distroVersion?: string };
  /** Whose inventory it comes from. The operator's entries win over ours. */
  origin: "operator" | "buildpack";
}

/** Whether an artifact is for a target. Source is for any. */
export function fitsTarget(artifact: Artifact, target: Target): boolean {
  const { os, arch, distroName, distroVersion } = artifact.builtFor;
  return (
    (os ?? target.os) === target.os &&
    (arch ?? target.arch) === target.arch &&
    (distroName ?? target.distro?.name) === target.distro?.name &&
    (distroVersion ?? target.distro?.version) === target.distro?.version
  );
}

/** A target in a few words: `linux/amd64, ubuntu 24.04`. */
export function describeTarget(target: Target): string {
  const { os, arch, distro } = target;
  return distro ? `${os}/${arch}, ${distro.name} ${distro.version}` : `${os}/${arch}`;
}

/** The targets of an artifact, in a few words. */
export function describeBuiltFor({ kind, builtFor }: Artifact): string {
  if (kind === "source") return "any (from source)";
  const { os = "any", arch = "any", distroName, distroVersion = "" } = builtFor;
  return distroName ? `${os}/${arch}, ${distroName} ${distroVersion}`.trim() : `${os}/${arch}`;
}

/** An artifact as an inventory file has it. */
export type ArtifactEntry = z.output<typeof inventoryFileSchema>["artifacts"][number];

/** Turns an inventory entry into an artifact. A relative URL is resolved against `base`. */
export function toArtifact(entry: ArtifactEntry, base: URL, origin: Artifact["origin"]): Artifact {
  return {
    name: entry.name,
    version: entry.version,
    kind: entry.kind,
    url: new URL(entry.url, base).href,
    sha256: entry.sha256,
    stripComponents: entry["strip-components"],
    builtFor: entry.kind === "source" ? {} : builtFor(entry),
    origin,
  };
}

function builtFor(entry: z.output<typeof prebuiltSchema>): Artifact["builtFor"] {
  const { os, arch, "distro-name": distroName, "distro-version": distroVersion } = entry;
  return {
    os,
    ...(arch === undefined ? {} : { arch }),
    ...(distroName === undefined ? {} : { distroName }),
    ...(distroVersion === undefined ? {} : { distroVersion }),
  };
}
