import type { BuildContext } from "./build-context.ts";
import { installBundler } from "../layers/bundler.ts";
import { installGems } from "../layers/gems.ts";
import { installRuby } from "../layers/ruby.ts";
import { bundlerVariables } from "../layers/variables.ts";
import type { Places } from "../layers/variables.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { rubyLabel } from "../../ruby/ruby-request.ts";
import { bundleGroups } from "./bundle-groups.ts";
import { childEnvironment, withPath } from "./child-environment.ts";
import type { Versions } from "./choose-versions.ts";
import { digestBundleInputs } from "./digest-bundle-inputs.ts";
import { findRuby } from "./find-ruby.ts";
import type { Project } from "./read-project.ts";

/** Where the app's Ruby and gems are, and which groups of gems were installed. */
export interface Installed {
  places: Places;
  bundleGroups: Record<string, string>;
}

/**
 * Installs Ruby, then Bundler, then the gems; what does not need Ruby is done while it downloads.
 *
 * @throws BuildpackError of `download/*`, `artifact/*`, `compile/*`, `bundler/*` or `gems/*`.
 */
export async function installRubyAndGems(
  context: BuildContext,
  project: Project,
  versions: Versions,
): Promise<Installed> {
  const { input, printer, run, settings } = context;
  const { appDir, layersDir, platform, target } = input;
  const keys = { distro: distroLabel(target.distro), arch: target.arch };

  const [{ rubyDir, rubyVersion, checksum }, inputs] = await Promise.all([
    printer.section("Ruby", async (section) => {
      const found = await findRuby(context, versions.ruby, section);
      const { checksum, install } = found;
      const rubyVersion = rubyLabel(found.ruby);
      const metadata = { ...keys, rubyVersion, checksum };
      const rubyDir = await installRuby({ layersDir, metadata, install, section });
      return { rubyDir, rubyVersion, checksum };
    }),
    digestBundleInputs({ ...project, appDir, userEnv: platform.env }),
  ]);

  const configured = parseBundleConfig(project.bundleConfig ?? "").applied;
  const child = { ...configured, ...childEnvironment(context.env).env };
  const bundlerDir = await printer.section("Bundler", (section) =>
    installBundler({
      layersDir,
      appDir,
      rubyDir,
      metadata: { ...keys, bundlerVersion: versions.bundler, rubyVersion },
      env: withPath(child, `${rubyDir}/bin`),
      run,
      section,
    }),
  );

  const groups = bundleGroups(child);
  const place = (gems: string): Places => ({
    app: appDir,
    gemfile: project.gemfile,
    gems,
    bundler: bundlerDir,
    ruby: rubyDir,
  });
  const gems = await printer.section("Gems", (section) =>
    installGems({
      layersDir,
      appDir,
      lockfile: project.lockfile,
      metadata: {
        ...keys,
        rubyVersion,
        rubyChecksum: checksum,
        ...inputs,
        bundlerVersion: versions.bundler,
      },
      always: settings.HEROKU_SKIP_BUNDLE_DIGEST,
      env: {
        ...withPath(child, ...(bundlerDir ? [`${bundlerDir}/bin`] : []), `${rubyDir}/bin`),
        ...groups,
      },
      locate: (gemsDir) => bundlerVariables(place(gemsDir)),
      run,
      section,
    }),
  );
  return { places: place(gems), bundleGroups: groups };
}

function distroLabel(distro: { name: string; version: string } | undefined): string {
  return distro ? `${distro.name} ${distro.version}`.trim() : "unknown";
}
