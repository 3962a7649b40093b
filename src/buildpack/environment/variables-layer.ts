// The layer `variables`: the environment that the contract promises, at build and at launch.
//
// Never cached: it holds nothing but environment files, which are written anew on every build.
// Its name sorts after every other layer's, so its PATH comes before what the `bin` directories of
// the other layers add (Buildpack spec, Environment: layers are applied in the order of their
// names).

import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import type { EnvModification } from "../../cnb/layer-env.ts";
import type { Section } from "../../output/printer.ts";
import type { ExecEnv } from "../../settings.ts";

/** Where things are, as the app sees them at run time. */
export interface Places {
  app: string;
  /** Relative to the app. */
  gemfile: string;
  gems: string;
  /** Absent where Ruby ships the Bundler that is used. */
  bundler: string | undefined;
  ruby: string;
}

export interface VariablesOptions {
  layersDir: string;
  places: Places;
  /** Which groups `bundle install` took or left out: BUNDLE_WITHOUT and its like, as it had them. */
  bundleGroups: Readonly<Record<string, string>>;
  /** What RAILS_ENV and RACK_ENV are by default. */
  execEnv: ExecEnv;
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
  const env = [...contractVariables(options), ...(options.jruby ? jrubyVariables : [])];
  await layer.commit({ metadata: {}, env });
  for (const behavior of ["default", "override"] as const) {
    const variables = env.filter((modification) => modification.behavior === behavior);
    const listed = variables.map(({ name, value }) => `\`${name}=${value}\``).sort();
    options.section.say(`${behavior === "default" ? "Defaults" : "Set"}: ${listed.join(", ")}`);
  }
}

/** Every variable of the contract. What a user may tune at run time is a default. */
export function contractVariables(
  options: Pick<VariablesOptions, "places" | "bundleGroups" | "execEnv">,
): EnvModification[] {
  const { places, bundleGroups, execEnv } = options;
  const environments = { RACK_ENV: execEnv, RAILS_ENV: execEnv };
  return [
    ...Object.entries({ ...defaults, ...environments, ...bundleGroups }).map(([name, value]) =>
      modification(name, "default", value),
    ),
    ...Object.entries(bundlerVariables(places)).map(([name, value]) =>
      modification(name, "override", value),
    ),
    { ...modification("PATH", "prepend", searchPath(places)), delim: ":" },
  ];
}

/** The variables through which RubyGems and Bundler find the app's gems. */
export function bundlerVariables(places: Places): Record<string, string> {
  return {
    // A directory without a config file: the app's own `.bundle/config` would outrank the rest.
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
  PUMA_PERSISTENT_TIMEOUT: "95",
  RAILS_LOG_TO_STDOUT: "enabled",
  RAILS_SERVE_STATIC_FILES: "enabled",
};

// A JVM cannot fork, so servers end where they are told to. Platforms and Node buildpacks tell all apps.
const jrubyVariables: readonly EnvModification[] = [
  { scope: "launch", name: "WEB_CONCURRENCY", behavior: "override", value: "0" },
];

// The app's executables before the gems', the gems' before Ruby's (contract: PATH).
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
