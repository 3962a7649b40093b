import { basename } from "node:path";
import type { Target } from "../../src/cnb/target.ts";
import { stringifyToml } from "../../src/toml.ts";
import type { MirroredArchive } from "./archive.ts";
import type { PrebuiltArchive } from "./prebuilt.ts";

/** One release in the mirror, as source, compiled, or both. */
export interface MirroredRelease {
  name: string;
  version: string;
  source?: MirroredArchive;
  prebuilt?: PrebuiltArchive;
  /** As its project publishes it: one archive for every system. */
  published?: MirroredArchive;
}

/** The file name of a compiled release in the mirror. */
export function prebuiltName({ name, version }: MirroredRelease, target: Target): string {
  const { distro, arch } = target;
  return `${name}-${version}-${distro?.name}-${distro?.version}-${arch}.tgz`;
}

/**
 * The inventory of a mirror, in the format of `inventory/`. URLs are the names of files next to it. A
 * compiled release is listed once for each distribution that it runs on.
 */
export function writeInventory(releases: readonly MirroredRelease[], target: Target): string {
  return stringifyToml({ artifacts: releases.flatMap((release) => entriesOf(release, target)) });
}

function entriesOf(release: MirroredRelease, target: Target) {
  const { name, version, source, prebuilt, published } = release;
  const common = { name, version };
  const prebuiltEntry = (distroVersion: string | undefined) => ({
    ...common,
    kind: "prebuilt",
    url: prebuiltName(release, target),
    sha256: prebuilt?.sha256,
    os: target.os,
    arch: target.arch,
    "distro-name": target.distro?.name,
    "distro-version": distroVersion,
  });
  const sourceEntry = {
    ...common,
    kind: "source",
    url: basename(source?.path ?? ""),
    sha256: source?.sha256,
    "strip-components": 1,
  };
  const publishedEntry = {
    ...common,
    kind: "prebuilt",
    url: basename(published?.path ?? ""),
    sha256: published?.sha256,
    "strip-components": 1,
  };
  return [
    ...(published ? [publishedEntry] : []),
    ...(prebuilt ? versionsServed(target, prebuilt.libraries).map(prebuiltEntry) : []),
    ...(source ? [sourceEntry] : []),
  ];
}

/** The machine's own version of its distribution, and the next one if it has all libraries that are needed. */
function versionsServed({ distro }: Target, libraries: readonly string[]): (string | undefined)[] {
  const next = distro?.name === "debian" && distro.version === "12" ? "13" : undefined;
  const served = next !== undefined && libraries.every((library) => inDebian13.has(library));
  return served ? [distro?.version, next] : [distro?.version];
}

/** Libraries that have the same names in Debian 12 and Debian 13. */
const inDebian13 = new Set([
  "libcrypt.so.1",
  "libcrypto.so.3",
  "libffi.so.8",
  "libgcc_s.so.1",
  "libgmp.so.10",
  "libncurses.so.6",
  "libreadline.so.8",
  "libssl.so.3",
  "libstdc++.so.6",
  "libtinfo.so.6",
  "libyaml-0.so.2",
  "libz.so.1",
]);
