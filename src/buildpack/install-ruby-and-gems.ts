import { join } from "node:path";
import type { Artifact } from "../artifacts/artifact.ts";
import type { BuildContext } from "./build-context.ts";
import { installBundler } from "./gems/bundler-layer.ts";
import { type GemsMetadata, installGems } from "./gems/gems-layer.ts";
import { installRuby } from "./interpreter/ruby-layer.ts";
import { bundlerVariables } from "./environment/variables-layer.ts";
import type { Places } from "./environment/variables-layer.ts";
import { parseBundleConfig } from "../ruby/bundle-config.ts";
import { rubyLabel } from "../ruby/ruby-request.ts";
import { bundleGroups } from "./gems/bundle-groups.ts";
import { childEnvironment, withPath } from "./environment/child-environment.ts";
import type { Versions } from "./interpreter/choose-versions.ts";
import { type BundleInputs, digestBundleInputs } from "./gems/digest-bundle-inputs.ts";
import type { JemallocChoice } from "./jemalloc/choose-jemalloc.ts";
import { type GemCredentials, gemCredentials } from "./gems/gem-credentials.ts";
import { findRuby } from "./interpreter/find-ruby.ts";
import { installDefaults, readCapacity } from "./gems/install-defaults.ts";
import { installJemallocLayer } from "./jemalloc/install-jemalloc.ts";
import { machineKeys } from "./machine-keys.ts";
import type { Project } from "./project/read-project.ts";
import { sideBySide } from "./side-by-side.ts";
import { withTrustedCertificates } from "./gems/trust-certificates.ts";

/** Where the app's Ruby and gems are, and which groups of gems were installed. */
export interface Installed {
  places: Places;
  bundleGroups: Record<string, string>;
  /** As layers record it. */
  rubyVersion: string;
  /** The same by its parts, with the checksum of its archive. */
  ruby: { engine: string; version: string; checksum: string };
  /** What the gems were installed from and for. */
  gemsMetadata: GemsMetadata;
}

/** What can be installed, and what is wanted of it. */
export interface Wanted {
  inventory: readonly Artifact[];
  versions: Versions;
  jemalloc: JemallocChoice | undefined;
}

/**
 * Installs Ruby, then Bundler, then the gems; what does not need Ruby is done while it downloads, and
 * jemalloc is had at the same time.
 *
 * @throws BuildpackError of `download/*`, `artifact/*`, `compile/*`, `jemalloc/*`, `bundler/*` or
 * `gems/*`.
 */
export async function installRubyAndGems(
  context: BuildContext,
  project: Project,
  wanted: Wanted,
): Promise<Installed> {
  const [installed] = await sideBySide(context, (shared) => {
    const ruby = installRubyLayer(shared, wanted);
    return [
      installOnRuby(shared, project, wanted.versions, ruby),
      installJemallocLayer(shared, wanted.jemalloc, ruby),
    ];
  });
  return installed;
}

async function installOnRuby(
  context: BuildContext,
  project: Project,
  versions: Versions,
  installing: Promise<InstalledRuby>,
): Promise<Installed> {
  const { appDir, platform } = context.input;
  const credentials = gemCredentials(platform.bindings);
  const sources = { userEnv: platform.env, credentials: Object.keys(credentials.env) };
  const [ruby, inputs] = await Promise.all([
    installing,
    digestBundleInputs({ ...project, appDir, ...sources }),
  ]);
  return await withTrustedCertificates(context, async (trusted) => {
    const { applied } = parseBundleConfig(project.bundleConfig ?? "");
    const env = {
      ...installDefaults(versions.ruby, readCapacity()),
      ...childEnvironment(context.env).env,
      ...trusted,
    };
    const configured = { ...applied, ...env };
    const forBundler = { versions, ruby, env: configured };
    const bundlerDir = await installBundlerLayer(context, project, forBundler);
    const request = { project, versions, ruby, inputs, env, bundlerDir, credentials };
    return await installGemsLayer(context, request);
  });
}

interface InstalledRuby {
  dir: string;
  engine: string;
  /** The engine's own. */
  release: string;
  version: string;
  checksum: string;
}

async function installRubyLayer(
  context: BuildContext,
  { inventory, versions }: Wanted,
): Promise<InstalledRuby> {
  const { layersDir } = context.input;
  return await context.printer.section("Ruby", async (section) => {
    const { ruby, checksum, install } = await findRuby(context, versions.ruby, inventory, section);
    const version = rubyLabel(ruby);
    const metadata = { ...machineKeys(context), rubyVersion: version, checksum };
    const dir = await installRuby({ layersDir, metadata, install, section });
    const release = ruby.engineVersion ?? ruby.version;
    return { dir, engine: ruby.engine, release, version, checksum };
  });
}

async function installBundlerLayer(
  context: BuildContext,
  { dir, locked }: Project,
  { versions, ruby, env }: Pick<GemsRequest, "versions" | "ruby" | "env">,
): Promise<string | undefined> {
  const { input, printer, run } = context;
  const remotes = locked.sources.flatMap((source) => (source.kind === "gem" ? source.remotes : []));
  const bundler = { bundlerVersion: versions.bundler, rubyVersion: ruby.version };
  return await printer.section("Bundler", (section) =>
    installBundler({
      layersDir: input.layersDir,
      appDir: dir,
      rubyDir: ruby.dir,
      metadata: { ...machineKeys(context), ...bundler },
      exact: locked.bundledWith !== undefined,
      remotes,
      env: withPath(env, join(ruby.dir, "bin")),
      run,
      section,
    }),
  );
}

interface GemsRequest {
  project: Project;
  versions: Versions;
  ruby: InstalledRuby;
  inputs: BundleInputs;
  env: Readonly<Record<string, string>>;
  bundlerDir: string | undefined;
  credentials: GemCredentials;
}

async function installGemsLayer(context: BuildContext, request: GemsRequest): Promise<Installed> {
  const { input, printer, run, settings } = context;
  const { project, versions, ruby, inputs, bundlerDir, credentials } = request;
  // The user's own variables count more than bindings, which count more than a file of the app.
  const { applied } = parseBundleConfig(project.bundleConfig ?? "");
  const env = { ...applied, ...credentials.env, ...request.env };
  const groups = bundleGroups(env, settings.BP_EXEC_ENV);
  const place = (gems: string): Places => ({
    app: project.dir,
    gemfile: project.gemfile,
    gems,
    bundler: bundlerDir,
    ruby: ruby.dir,
  });
  const executables = [bundlerDir, ruby.dir].filter((dir) => dir !== undefined);
  const madeWith = {
    rubyVersion: ruby.version,
    rubyChecksum: ruby.checksum,
    bundlerVersion: versions.bundler,
  };
  const metadata = { ...machineKeys(context), ...madeWith, ...inputs };
  const gems = await printer.section("Gems", async (section) => {
    for (const { binding, variable } of credentials.from) {
      section.say(`\`${variable}\` from the binding \`${binding}\``);
    }
    return await installGems({
      layersDir: input.layersDir,
      appDir: project.dir,
      gemfile: project.gemfile,
      lockfile: project.lockfile,
      metadata,
      always: settings.HEROKU_SKIP_BUNDLE_DIGEST,
      env: { ...withPath(env, ...executables.map((dir) => join(dir, "bin"))), ...groups },
      locate: (gemsDir) => bundlerVariables(place(gemsDir)),
      run,
      section,
    });
  });
  const { engine, release, checksum } = ruby;
  return {
    places: place(gems),
    bundleGroups: groups,
    rubyVersion: ruby.version,
    ruby: { engine, version: release, checksum },
    gemsMetadata: metadata,
  };
}
