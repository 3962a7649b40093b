import { join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { readBuildImage } from "../../cnb/build-image.ts";
import { type BuildEnvironment, withNetworkEnvironment } from "../environment/environment.ts";
import { evaluatesFiles } from "../../ruby/gemfile-groups.ts";
import type { Installed, InstalledRuby } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";
import { gemPlatformOf, type Project } from "../project/project.ts";
import { installBundlerLayer } from "./bundler-layer.ts";
import { type BundleInputs, digestBundleInputs } from "./digest-bundle-inputs.ts";
import { openEnvironmentRecord } from "./environment-record.ts";
import { chooseGemStore, type StoredBundle } from "./choose-gem-store.ts";
import { type GemCredentials, gemCredentials } from "./gem-credentials.ts";
import { withDownloadedGems } from "./download/with-downloaded-gems.ts";
import { expectLeftOutGems } from "./expect-left-out-gems.ts";
import { installGemsLayer } from "./gems-layer.ts";
import { keepsGemFiles } from "./keep-gem-files.ts";

export { expectSystemNeeds, type ExpectedNeeds } from "./expect-system-needs.ts";
export { gemCredentials } from "./gem-credentials.ts";
export { leaveOutGems } from "./leave-out-gems.ts";
export { expectLeftOutGems } from "./expect-left-out-gems.ts";
export { reportLibraries } from "./report-libraries.ts";
export { writeOutGemspecs } from "./write-out-gemspecs.ts";

/**
 * Installs Bundler, then the gems of the lockfile. What does not need Ruby is done while Ruby is still
 * being installed.
 *
 * @throws BuildpackError of `bundler/*` or `gems/*`, or what kept Ruby from being installed.
 */
export async function installGems(
  context: BuildContext,
  project: Project,
  bundlerVersion: string,
  installing: Promise<InstalledRuby>,
): Promise<Installed> {
  const credentials = gemCredentials(context.input.platform.bindings);
  const [ruby, inputs] = await Promise.all([
    installing,
    digestBundleInputs({ ...project, appDir: context.input.appDir }),
  ]);
  return await withNetworkEnvironment(context, async (environment) => {
    const request = { project, ruby, bundlerVersion, environment };
    const bundler = await installBundler(context, request);
    return await installBundle(context, { ...request, bundler, inputs, credentials });
  });
}

interface BundlerRequest {
  project: Project;
  ruby: InstalledRuby;
  bundlerVersion: string;
  environment: BuildEnvironment;
}

async function installBundler(
  context: BuildContext,
  { project, ruby, bundlerVersion, environment }: BundlerRequest,
): Promise<string | undefined> {
  const { sources, bundledWith } = project.locked;
  const remotes = sources.flatMap((source) => (source.kind === "gem" ? source.remotes : []));
  return await context.printer.section("Bundler", (section) =>
    installBundlerLayer({
      layersDir: context.input.layersDir,
      appDir: project.dir,
      rubyDir: ruby.dir,
      metadata: { ...machineKeys(context), bundlerVersion, rubyVersion: ruby.label },
      exact: bundledWith !== undefined,
      remotes,
      env: environment.gem({ project, ruby }),
      run: context.run,
      section,
    }),
  );
}

interface BundleRequest extends BundlerRequest {
  bundler: string | undefined;
  inputs: BundleInputs;
  credentials: GemCredentials;
}

async function installBundle(context: BuildContext, request: BundleRequest): Promise<Installed> {
  const { project, ruby, bundlerVersion, bundler, environment, inputs, credentials } = request;
  const { layersDir, platform } = context.input;
  const { dir: app, gemfile, lockfile } = project;
  const places = { app, gemfile, gems: join(layersDir, "gems"), bundler, ruby: ruby.dir };
  const bundle = environment.bundle({ project, ruby, places, credentials: credentials.env });
  const madeWith = { rubyVersion: ruby.label, rubyChecksum: ruby.checksum, bundlerVersion };
  const gemFiles = keepsGemFiles(context.settings) ? "all" : "needed";
  // Not the passwords of bindings: another password installs the same gems.
  const logins = Object.keys(credentials.env);
  const recorded = await openEnvironmentRecord(layersDir, platform.env, logins);
  await context.printer.section("Gems", async (section) => {
    for (const { binding, variable } of credentials.from) {
      section.say(`Login \`${variable}\` from the binding \`${binding}\``);
    }
    await installGemsLayer({
      layersDir,
      appDir: app,
      gemfile,
      lockfile,
      metadata: { ...machineKeys(context), ...madeWith, ...inputs, gemFiles },
      engineVersion: ruby.version,
      lockedGems: new Set(project.locked.specs.map(({ name }) => name)).size,
      image: await readBuildImage(context.env),
      environment: recorded,
      always: context.settings.HEROKU_SKIP_BUNDLE_DIGEST,
      env: bundle.env,
      run: context.run,
      section,
      store: await chooseGemStore(context, { project, ruby, places, env: bundle.env }, section),
      withDownloads: async (install) =>
        await withDownloadedGems(
          {
            ...downloadsOf(context, { project, ruby, env: bundle.env }),
            ...{ bundlerVersion, places, section },
          },
          install,
        ),
    });
  });
  const bundleDigests = { gemfile: inputs.gemfile, lockfile: inputs.lockfile };
  const { digest: keyedDigest } = recorded;
  return { ruby, places, bundleGroups: bundle.groups, bundleDigests, keyedDigest };
}

function downloadsOf(
  { fetcher, input, settings, signal }: BuildContext,
  { project, ruby, env }: Pick<StoredBundle, "ruby" | "env"> & { project: Project },
) {
  const platform = ruby.engine === "jruby" ? "java" : gemPlatformOf(input.target);
  const expected = expectLeftOutGems(project, env, settings.BP_EXEC_ENV);
  const leftOut = evaluatesFiles(project.gemfileText) ? new Set<string>() : expected.gems;
  return { fetcher, signal, env, platform, leftOut, locked: project.locked };
}
