import type { Target } from "../cnb/target.ts";
import { compareGemVersions } from "../ruby/gems/gem-version.ts";

/** One archive that can be installed. */
export interface Artifact {
  name: string;
  version: string;
  /**
   * `prebuilt`: needs libraries of its distribution. `portable`: contains its libraries and needs only the C
   * library. `source`: has to be compiled.
   */
  kind: "prebuilt" | "portable" | "source";
  /** Absolute: `https:`, `http:` or `file:`. */
  url: string;
  /** `undefined` if upstream publishes none: the archive then cannot be verified. */
  sha256: string | undefined;
  /** How many leading directories to drop from paths in the archive. */
  stripComponents: number;
  /** What an archive runs on. A missing member fits any; `glibc` fits that version and newer ones. Empty for source. */
  builtFor: {
    os?: string;
    arch?: string;
    distroName?: string;
    distroVersion?: string;
    glibc?: string;
  };
  /** Whose inventory it comes from. The operator's entries win over ours. */
  origin: "operator" | "buildpack";
}

/** Whether an artifact is for a target. Source is for any. */
export function fitsTarget(artifact: Artifact, target: Target): boolean {
  const { os, arch, distroName, distroVersion, glibc } = artifact.builtFor;
  return (
    (os ?? target.os) === target.os &&
    (arch ?? target.arch) === target.arch &&
    (distroName ?? target.distro?.name) === target.distro?.name &&
    (distroVersion ?? target.distro?.version) === target.distro?.version &&
    (glibc === undefined || isAtLeast(target.glibc, glibc))
  );
}

function isAtLeast(version: string | undefined, oldest: string): boolean {
  return version !== undefined && compareGemVersions(version, oldest) >= 0;
}

/**
 * What the metadata of a layer says of an archive: its SHA-256, or its URL without credentials and signatures,
 * because metadata becomes a label of the image.
 */
export function checksumLabel({ sha256, url }: Artifact): string {
  if (sha256 !== undefined) return sha256;
  const { protocol, host, pathname } = new URL(url);
  return `none published for ${protocol}//${host}${pathname}`;
}

/** A target in a few words: `linux/amd64, ubuntu 24.04`. */
export function describeTarget(target: Target): string {
  const { os, arch, distro } = target;
  return distro ? `${os}/${arch}, ${distro.name} ${distro.version}` : `${os}/${arch}`;
}

/** The targets of an artifact, in a few words. */
export function describeBuiltFor({ kind, builtFor }: Artifact): string {
  if (kind === "source") return "any (from source)";
  const { os = "any", arch = "any", distroName, distroVersion = "", glibc } = builtFor;
  if (glibc !== undefined) return `${os}/${arch}, glibc ${glibc} or newer`;
  return distroName ? `${os}/${arch}, ${distroName} ${distroVersion}`.trim() : `${os}/${arch}`;
}
