// What each command of a build sees. Nothing else puts a command's environment together.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { toolEnvironment } from "../../artifacts/tool-environment.ts";
import { applyEnvModifications } from "../../cnb/layers/env-modification.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { standInVariables } from "../../ruby/stand-in-variables.ts";
import { imageTime } from "../../system/image-time.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed, InstalledRuby, Places } from "../installed.ts";
import type { Project } from "../project/project.ts";
import { bundleGroups } from "./bundle-groups.ts";
import { inheritedEnvironment, isWithheld, withPath } from "./inherited-environment.ts";
import { installDefaults, readCapacity } from "./install-defaults.ts";
import { withTrustedCertificates } from "./trust-certificates.ts";
import { bundlerVariables, contractVariables } from "./variables-layer.ts";

export { bundleGroups } from "./bundle-groups.ts";
export { setEnvironment } from "./set-environment.ts";

type Variables = Readonly<Record<string, string>>;

/** The environment of every command that a build runs. */
export interface BuildEnvironment {
  /** The build's variables without those in `withheld`. Every environment below except `tools` contains them. */
  inherited: Variables;
  /** The user's variables that no command gets, by name: they could replace the app's Ruby or gems. */
  withheld: readonly string[];
  /** For unpacking, compiling and trying Ruby and jemalloc: PATH and the like, and nothing else. */
  tools: Variables;
  /** For `java -version`: the variables by which JRuby, too, finds its Java. */
  java: Variables;
  /** For npm, yarn and pnpm: they must not ask questions. */
  packageManager: Variables;
  /** For `gem install bundler`: Bundler's settings name the mirror to use. */
  gem(request: GemRequest): Variables;
  /** For `bundle install` and `bundle clean`, and for git, make and the compilers that they run. */
  bundle(request: BundleRequest): { env: Variables; groups: Variables };
  /**
   * For rake, from weakest to strongest: RAILS_GROUPS and bootsnap without a cache of compiled code, the app's `.bundle/config`,
   * `packages`, `inherited`, the groups of the bundle, the contract's variables and PATH, certificates of bindings; and
   * if no secret key or database URL is set, a placeholder for it. It gets neither the generated SECRET_KEY_BASE nor logins
   * of bindings.
   */
  rake(request: RakeRequest): { env: Variables; standIns: readonly string[] };
  /** For `bootsnap precompile`: what the running app gets, and where to put the compiled code. */
  bootsnap(app: App, cacheDir: string): Variables;
  /** For evaluating gemspecs: what the running app gets, and a fixed date for gems that state none. */
  gemspecs(app: App): Variables;
}

export interface GemRequest {
  project: Pick<Project, "bundleConfig">;
  ruby: Pick<InstalledRuby, "dir" | "engine">;
}

export interface BundleRequest extends GemRequest {
  places: Places;
  /** Logins of private gem servers, from bindings. No other command gets them. */
  credentials: Variables;
}

/** An app whose gems are installed. */
export interface App {
  project: Pick<Project, "bundleConfig" | "locked">;
  installed: Pick<Installed, "places" | "bundleGroups">;
}

export interface RakeRequest extends App {
  /** Where bootsnap caches what rake loads: outside the app, whose files change their times later. */
  bootsnapCache: string;
  /** Variables that keep rake tasks from installing the app's JavaScript packages again. */
  packages: Variables;
}

/**
 * Runs `work` with the environments of commands that use the network: until `work` ends, they trust the
 * certificates of bindings.
 */
export async function withNetworkEnvironment<T>(
  context: BuildContext,
  work: (environment: BuildEnvironment) => Promise<T>,
): Promise<T> {
  return await withTrustedCertificates(context, (trusted) =>
    work(buildEnvironment(context, trusted)),
  );
}

/** The environments of commands that do not use the network. Of two values, the later one wins. */
export function buildEnvironment(context: BuildContext, trusted: Variables = {}): BuildEnvironment {
  const execEnv = context.settings.BP_EXEC_ENV;
  const inherited = inheritedEnvironment(context.env);
  const installing = ({ project, ruby }: GemRequest, credentials: Variables = {}) => {
    const defaults = installDefaults(ruby.engine, readCapacity());
    return { ...configOf(project), ...credentials, ...defaults, ...inherited, ...trusted };
  };
  const running = ({ project, installed }: App, own: Variables) => {
    const { bundleGroups: groups, places } = installed;
    const puma = findGem(project.locked, "puma")?.version;
    const variables = contractVariables({ places, bundleGroups: groups, execEnv, puma });
    return applyEnvModifications({ ...configOf(project), ...own, ...groups }, variables, "build");
  };
  return {
    inherited,
    withheld: withheldFrom(context),
    tools: toolEnvironment(inherited),
    java: inherited,
    packageManager: { CI: "true", ...inherited, ...trusted },
    gem: (request) => withPath(installing(request), join(request.ruby.dir, "bin")),
    bundle: (request) => {
      const { credentials, places } = request;
      const env = installing(request, credentials);
      const groups = bundleGroups(env, execEnv);
      return {
        env: { ...withPath(env, ...programsOf(places)), ...groups, ...bundlerVariables(places) },
        groups,
      };
    },
    rake: (request) => {
      const { bootsnapCache, packages, project } = request;
      const app = running(request, { ...packages, ...inherited });
      const env = { ...rakeDefaults, BOOTSNAP_CACHE_DIR: bootsnapCache, ...app, ...trusted };
      const throwawayKey = randomBytes(64).toString("hex");
      const standIns = standInVariables({ locked: project.locked, env, throwawayKey });
      return { env: { ...env, ...standIns }, standIns: Object.keys(standIns).sort() };
    },
    bootsnap: (app, cacheDir) => ({ ...running(app, inherited), BOOTSNAP_CACHE_DIR: cacheDir }),
    gemspecs: (app) => ({ ...running(app, inherited), SOURCE_DATE_EPOCH: String(imageTime) }),
  };
}

const rakeDefaults = {
  // Gemfiles have gems for precompilation in the group `assets`, which Rails then requires.
  RAILS_GROUPS: "assets",
  // Compiling takes longer than it saves in one command.
  DISABLE_BOOTSNAP_COMPILE_CACHE: "1",
};

function withheldFrom({ env, input }: BuildContext): string[] {
  return Object.keys({ ...env, ...input.platform.env })
    .filter(isWithheld)
    .sort();
}

function configOf({ bundleConfig }: Pick<Project, "bundleConfig">): Variables {
  return parseBundleConfig(bundleConfig ?? "").applied;
}

/** Directories of programs while gems are installed: those of gems do not exist yet. */
function programsOf({ bundler, ruby }: Places): string[] {
  return [bundler, ruby].filter((dir) => dir !== undefined).map((dir) => join(dir, "bin"));
}
