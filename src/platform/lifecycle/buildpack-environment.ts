import {
  applyEnvModifications,
  type Env,
  type EnvModification,
} from "../../cnb/layers/env-modification.ts";
import { applyLayerPaths, readLayerEnv, readOperatorEnv } from "../../cnb/layers/layer-env.ts";
import type { Target } from "../../cnb/target.ts";
import type { Buildpack } from "./buildpack-store.ts";
import { isAtLeast } from "./platform-api.ts";

/** The sources of the environment that are the same for all buildpacks. */
export interface EnvironmentSources {
  userEnv: Env;
  /** A build-config directory on this machine, with a directory `env` in it. */
  buildConfig?: string | undefined;
  target: Target;
  /** The execution environment that the image is for, such as `production` or `test`. */
  execEnv: string;
}

/** The variables of the build image's environment that buildpacks see: only those on a list. */
export function allowedEnv(imageEnv: Env): Record<string, string> {
  const entries = Object.entries(imageEnv);
  return Object.fromEntries(entries.filter(([name]) => allowed.has(name)));
}

/**
 * The whole environment of one `bin/detect` or `bin/build`. It starts with `base`, from the image and the
 * layers of earlier buildpacks. Then the user's variables are added (unless the buildpack wants a clear
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
 * Adds the changes of a layer with `build = true` for later buildpacks: first its `bin`, `lib`, `include`
 * and `pkgconfig`, then `env`, then `env.build`. The layer is read at `host`; its path in values is
 * `inside`.
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
  return applyEnvModifications(result, await readLayerEnv(layer.host, layer.inside), "build");
}

/** Adds the user's value to variables that are lists of paths, and replaces other variables by it. */
function withUserEnv(base: Env, userEnv: Env): Record<string, string> {
  const result = { ...base };
  for (const [name, value] of Object.entries(userEnv)) {
    result[name] = pathVariables.has(name) ? pathList(value, result[name]) : value;
  }
  return result;
}

/** The rules of a layer's `env` directory apply, but files without a suffix are defaults. */
async function withBuildConfig(
  env: Env,
  directory: string | undefined,
): Promise<Record<string, string>> {
  const files = directory === undefined ? [] : await readOperatorEnv(directory);
  const modifications = files.map(asDefaultWithoutSuffix);
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
    ...(isAtLeast(buildpackApi, "0.12") ? { CNB_EXEC_ENV: execEnv } : {}),
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
