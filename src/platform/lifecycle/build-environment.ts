import {
  applyEnvModifications,
  type Env,
  type EnvModification,
} from "../../cnb/env-modification.ts";
import { applyLayerPaths, readLayerEnv } from "../../cnb/layer-env.ts";
import type { Target } from "../../cnb/target.ts";
import type { Buildpack } from "./buildpack-store.ts";
import { isAtLeast } from "./platform-api.ts";

/** What every buildpack of a build is told, whichever it is. */
export interface EnvironmentSources {
  userEnv: Env;
  /** A build-config directory of the host, with an `env` directory in it. */
  buildConfig?: string | undefined;
  target: Target;
  /** The execution environment that the image is for; `production` where nothing else is said. */
  execEnv?: string | undefined;
}

/** What buildpacks see of the build image's own environment: variables on the list, no others. */
export function allowedEnv(imageEnv: Env): Record<string, string> {
  const entries = Object.entries(imageEnv);
  return Object.fromEntries(entries.filter(([name]) => allowed.has(name)));
}

/**
 * The whole environment of one `bin/detect` or `bin/build`. `base` is what the image and earlier
 * buildpacks' layers left; then come the user's variables (unless the buildpack wants a clear
 * environment), the operator's, and `cnb`, the `CNB_*` variables of this phase.
 *
 * Spec: Buildpack Interface, Environment, "Provided by the Platform".
 */
export async function buildpackEnv(
  base: Env,
  buildpack: Buildpack,
  sources: EnvironmentSources,
  cnb: Env,
): Promise<Record<string, string>> {
  const { clearEnv } = buildpack.descriptor.buildpack;
  const withUser = clearEnv ? { ...base } : withUserEnv(base, sources.userEnv);
  const withOperator = await withBuildConfig(withUser, sources.buildConfig);
  return { ...withOperator, ...targetEnv(buildpack.descriptor.api, sources), ...cnb };
}

/**
 * What a layer with `build = true` changes for later buildpacks: first its `bin`, `lib`, `include`
 * and `pkgconfig`, then `env`, then `env.build`. The layer is read at `host` and named as `inside`.
 */
export async function withBuildLayer(
  env: Env,
  layer: { host: string; inside: string },
): Promise<Record<string, string>> {
  const paths = await applyLayerPaths({}, layer.host, "build");
  const result = { ...env };
  for (const [name, path] of Object.entries(paths)) {
    result[name] = pathList(layer.inside + path.slice(layer.host.length), result[name]);
  }
  return applyEnvModifications(result, await readLayerEnv(layer.host), "build");
}

/** Names are taken literally. Variables that hold paths gain the user's; others become the user's. */
function withUserEnv(base: Env, userEnv: Env): Record<string, string> {
  const result = { ...base };
  for (const [name, value] of Object.entries(userEnv)) {
    result[name] = pathVariables.has(name) ? pathList(value, result[name]) : value;
  }
  return result;
}

/** The rules of a layer's `env` directory, but for files without a suffix, which are defaults. */
async function withBuildConfig(
  env: Env,
  directory: string | undefined,
): Promise<Record<string, string>> {
  const files = directory === undefined ? [] : await readLayerEnv(directory);
  const modifications = files.filter(({ scope }) => scope === "all").map(asDefaultWithoutSuffix);
  return applyEnvModifications(env, modifications, "build");
}

function asDefaultWithoutSuffix(file: EnvModification): EnvModification {
  return file.unsuffixed ? { ...file, behavior: "default" } : file;
}

function targetEnv(buildpackApi: string, { target, execEnv }: EnvironmentSources): Env {
  const { os, arch, archVariant, distro } = target;
  if (!isAtLeast(buildpackApi, "0.10")) return {};
  return {
    CNB_TARGET_OS: os,
    CNB_TARGET_ARCH: arch,
    ...(archVariant ? { CNB_TARGET_ARCH_VARIANT: archVariant } : {}),
    ...(distro?.name ? { CNB_TARGET_DISTRO_NAME: distro.name } : {}),
    ...(distro?.version ? { CNB_TARGET_DISTRO_VERSION: distro.version } : {}),
    ...(isAtLeast(buildpackApi, "0.12") ? { CNB_EXEC_ENV: execEnv ?? "production" } : {}),
  };
}

function pathList(first: string, rest: string | undefined): string {
  return rest ? `${first}:${rest}` : first;
}

const pathVariables = new Set([
  "PATH",
  "LD_LIBRARY_PATH",
  "LIBRARY_PATH",
  "CPATH",
  "PKG_CONFIG_PATH",
]);

const allowed = new Set([
  ...pathVariables,
  "CNB_STACK_ID",
  "HOSTNAME",
  "HOME",
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
]);
