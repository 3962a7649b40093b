import * as z from "zod";
import type { Artifact } from "./artifact.ts";

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

const portableSchema = z.strictObject({
  ...common,
  name: z.literal("ruby"),
  kind: z.literal("portable"),
  // Those who make them publish checksums.
  sha256: sha256Schema,
  os: z.string().default("linux"),
  arch: z.string(),
  "min-glibc": z.string().regex(/^\d+\.\d+$/, "expected a version such as `2.39`"),
});

const sourceSchema = z.strictObject({
  ...common,
  // The buildpack can compile these.
  name: z.enum(["ruby", "jemalloc"]),
  kind: z.literal("source"),
});

/**
 * An inventory file: `[[artifacts]]`, each prebuilt for one target, portable between distributions, or the source
 * for any target. The files in `inventory/` and the operator's inventory have this format.
 */
export const inventoryFileSchema = z.strictObject({
  artifacts: z
    .array(z.discriminatedUnion("kind", [prebuiltSchema, portableSchema, sourceSchema]))
    .default([]),
});

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

function builtFor(entry: Exclude<ArtifactEntry, { kind: "source" }>): Artifact["builtFor"] {
  if (entry.kind === "portable") {
    return { os: entry.os, arch: entry.arch, glibc: entry["min-glibc"] };
  }
  const { os, arch, "distro-name": distroName, "distro-version": distroVersion } = entry;
  return {
    os,
    ...(arch === undefined ? {} : { arch }),
    ...(distroName === undefined ? {} : { distroName }),
    ...(distroVersion === undefined ? {} : { distroVersion }),
  };
}
