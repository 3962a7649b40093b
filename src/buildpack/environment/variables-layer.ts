// The layer `variables`: the environment that the contract promises, at build and launch.
//
// Not cached: it contains only environment files, which every build writes again. Layers are applied in
// the order of their names (Buildpack spec, Environment). This one is the last, so its PATH comes before
// the `bin` directories of the other layers.

import { join } from "node:path";
import * as z from "zod";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import type { EnvModification } from "../../cnb/layers/layer-env.ts";
import type { Section } from "../../output/printer.ts";
import type { ExecEnv } from "../../settings.ts";
import type { Places } from "../installed.ts";

export interface VariablesOptions {
  layersDir: string;
  places: Places;
  /** BUNDLE_WITHOUT, BUNDLE_WITH and BUNDLE_ONLY, as `bundle install` had them. */
  bundleGroups: Readonly<Record<string, string>>;
  /** The default of RAILS_ENV and RACK_ENV. */
  execEnv: ExecEnv;
  /** The version of puma in the bundle, if it is there. */
  puma: string | undefined;
  /** SOURCE_VERSION of the build: the commit that the app is built from. */
  sourceVersion?: string | undefined;
  /** Whether the app runs on JRuby. */
  jruby: boolean;
  section: Section;
}

/** Writes the contract's environment variables. */
export async function setVariables(options: VariablesOptions): Promise<void> {
  const layer = await openLayer({
    layersDir: options.layersDir,
    name: "variables",
    types: { build: true, launch: true, cache: false },
    schema: z.object({}),
    keys: {},
    labels: {},
  });
  options.section.layer("variables", reasonsOf(layer.state));
  const env = [
    ...contractVariables(options),
    ...(options.jruby ? jrubyVariables : []),
    ...sourceVersion(options),
  ];
  await layer.commit({ metadata: {}, env });
  printVariables(env, options);
}

/** Prints the defaults that differ between builds, and the rest at debug level. */
function printVariables(
  env: readonly EnvModification[],
  { bundleGroups, execEnv, section }: VariablesOptions,
): void {
  const varying = Object.entries({ ...bundleGroups, RAILS_ENV: execEnv });
  const shown = varying.map(([name, value]) => `\`${name}=${value}\``).join(", ");
  section.say(`Defaults: ${shown} and others (\`BP_LOG_LEVEL=debug\` lists all)`);
  for (const { behavior, name, value } of env) section.debug(`${name} (${behavior}): ${value}`);
}

/** Every variable of the contract. Those that a user may change when the app runs are defaults. */
export function contractVariables(
  options: Pick<VariablesOptions, "places" | "bundleGroups" | "execEnv" | "puma">,
): EnvModification[] {
  const { places, bundleGroups, execEnv, puma } = options;
  const timeout = breaksKeepAlive(puma) ? {} : { PUMA_PERSISTENT_TIMEOUT: "95" };
  const environments = { RACK_ENV: execEnv, RAILS_ENV: execEnv };
  return [
    ...Object.entries({ ...defaults, ...timeout, ...environments, ...bundleGroups }).map(
      ([name, value]) => modification(name, "default", value),
    ),
    ...Object.entries(bundlerVariables(places)).map(([name, value]) =>
      modification(name, "override", value),
    ),
    { ...modification("PATH", "prepend", searchPath(places)), delim: ":" },
  ];
}

// As on Heroku, the running app can say which commit it is.
function sourceVersion({ sourceVersion: value }: VariablesOptions): EnvModification[] {
  if (!value) return [];
  return [{ scope: "launch", name: "SOURCE_VERSION", behavior: "default", value }];
}

/** Whether PUMA_PERSISTENT_TIMEOUT makes this version of puma fail to keep connections alive. */
export function breaksKeepAlive(puma: string | undefined): boolean {
  return puma !== undefined && /^7\.0\.[0-2](\.|$)/.test(puma);
}

/** The variables by which RubyGems and Bundler find the app's gems. */
export function bundlerVariables(places: Places): Record<string, string> {
  return {
    // A directory without a config file: the app's `.bundle/config` would override the rest.
    BUNDLE_APP_CONFIG: join(places.gems, ".bundle"),
    BUNDLE_FROZEN: "1",
    BUNDLE_GEMFILE: join(places.app, places.gemfile),
    GEM_HOME: places.gems,
    GEM_PATH: [places.gems, places.bundler].filter((path) => path !== undefined).join(":"),
  };
}

const defaults: Record<string, string> = {
  DISABLE_SPRING: "1",
  JRUBY_OPTS: "-Xcompile.invokedynamic=false",
  LANG: "C.UTF-8",
  MALLOC_ARENA_MAX: "2",
  RAILS_LOG_TO_STDOUT: "enabled",
  RAILS_SERVE_STATIC_FILES: "enabled",
};

// A JVM cannot fork: a server that is told to start workers fails. Node buildpacks set this for all apps.
const jrubyVariables: readonly EnvModification[] = [
  { scope: "launch", name: "WEB_CONCURRENCY", behavior: "override", value: "0" },
];

// Executables of the app come before those of gems, those of gems before Ruby's (contract: PATH).
function searchPath({ app, gems, bundler, ruby }: Places): string {
  const directories = [app, gems, bundler, ruby].filter((path) => path !== undefined);
  return directories.map((path) => join(path, "bin")).join(":");
}

function modification(
  name: string,
  behavior: EnvModification["behavior"],
  value: string,
): EnvModification {
  return { scope: "all", name, behavior, value };
}
