import { join } from "node:path";
import { readTextIfAny } from "../system/files.ts";
import { glibcVersion } from "../system/glibc.ts";

/** What the image will run on, in the terms of the OCI image specification. */
export interface Target {
  os: string;
  /** `amd64`, `arm64`, … */
  arch: string;
  archVariant?: string;
  /** `ID` and `VERSION_ID` of os-release. The version of a rolling release is empty. */
  distro?: { name: string; version: string };
  /** The version of the build image's GNU C library. Missing if it has another C library. */
  glibc?: string;
}

/** The machine on which the build runs. Used for what the platform does not say. */
export interface BuildMachine {
  /** The root directory that contains `etc/os-release`. */
  root?: string;
  platform?: string;
  /** As `process.arch` names it: `x64`, `arm64`, … */
  arch?: string;
}

/**
 * The target of this build. Older platforms do not set `CNB_TARGET_*`, and some do not know the distribution.
 * The missing values are those of the build image, which has the same as the run image.
 */
export async function readTarget(
  env: Readonly<Record<string, string | undefined>>,
  machine: BuildMachine = {},
): Promise<Target> {
  const { root = "/", platform = process.platform, arch = process.arch } = machine;
  const archVariant = env["CNB_TARGET_ARCH_VARIANT"];
  const distro = distroFromEnv(env) ?? (await distroFromOsRelease(root));
  const glibc = await glibcVersion(root);
  return {
    os: env["CNB_TARGET_OS"] || platform,
    arch: env["CNB_TARGET_ARCH"] || ociArchitecture(arch),
    ...(archVariant ? { archVariant } : {}),
    ...(distro ? { distro } : {}),
    ...(glibc === undefined ? {} : { glibc }),
  };
}

const ociArchitectures: Record<string, string> = { x64: "amd64", ia32: "386" };

/** The name that images have for an architecture of Node: `amd64` for `x64`. */
export function ociArchitecture(arch: string): string {
  return ociArchitectures[arch] ?? arch;
}

function distroFromEnv(env: Readonly<Record<string, string | undefined>>): Target["distro"] {
  const name = env["CNB_TARGET_DISTRO_NAME"];
  return name ? { name, version: env["CNB_TARGET_DISTRO_VERSION"] ?? "" } : undefined;
}

async function distroFromOsRelease(root: string): Promise<Target["distro"]> {
  const text =
    (await readTextIfAny(join(root, "etc/os-release"))) ??
    (await readTextIfAny(join(root, "usr/lib/os-release")));
  const fields = parseOsRelease(text ?? "");
  const name = fields.get("ID");
  return name ? { name, version: fields.get("VERSION_ID") ?? "" } : undefined;
}

/** Lines of `KEY=value`. The value may have single or double quotes. */
function parseOsRelease(text: string): Map<string, string> {
  const lines = text.matchAll(/^\s*([A-Z0-9_]+)=(?:"(.*)"|'(.*)'|(.*?))\s*$/gm);
  return new Map(
    [...lines].map(([, key = "", double, single, bare]) => [key, double ?? single ?? bare ?? ""]),
  );
}
