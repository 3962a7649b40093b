import { join } from "node:path";
import { readTextIfAny } from "../system/files.ts";

/** What the image will run on, in the words of the OCI image specification. */
export interface Target {
  os: string;
  /** `amd64`, `arm64`, … */
  arch: string;
  archVariant?: string;
  /** `ID` and `VERSION_ID` of os-release; a rolling release has an empty version. */
  distro?: { name: string; version: string };
}

/** The machine that the build runs on: it answers what the platform does not say. */
export interface BuildMachine {
  /** Where `etc/os-release` is looked up. */
  root?: string;
  platform?: string;
  /** As `process.arch` names it: `x64`, `arm64`, … */
  arch?: string;
}

/**
 * The target of this build. Platforms of old pass no `CNB_TARGET_*`, and some do not know the
 * distribution; the build image stands in for both, since it shares them with the run image.
 */
export async function readTarget(
  env: Readonly<Record<string, string | undefined>>,
  machine: BuildMachine = {},
): Promise<Target> {
  const { root = "/", platform = process.platform, arch = process.arch } = machine;
  const archVariant = env["CNB_TARGET_ARCH_VARIANT"];
  const distro = distroFromEnv(env) ?? (await distroFromOsRelease(root));
  return {
    os: env["CNB_TARGET_OS"] || platform,
    arch: env["CNB_TARGET_ARCH"] || (ociArchitectures[arch] ?? arch),
    ...(archVariant ? { archVariant } : {}),
    ...(distro ? { distro } : {}),
  };
}

const ociArchitectures: Record<string, string> = { x64: "amd64", ia32: "386" };

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

/** Lines of `KEY=value`, where the value may stand in single or double quotes. */
function parseOsRelease(text: string): Map<string, string> {
  const lines = text.matchAll(/^\s*([A-Z0-9_]+)=(?:"(.*)"|'(.*)'|(.*?))\s*$/gm);
  return new Map(
    [...lines].map(([, key = "", double, single, bare]) => [key, double ?? single ?? bare ?? ""]),
  );
}
