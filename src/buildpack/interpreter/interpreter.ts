import type { Artifact } from "../../artifacts/artifact.ts";
import { rubyLabel, type RubyRequest } from "../../ruby/versions/ruby-request.ts";
import type { BuildContext } from "../build-context.ts";
import type { InstalledRuby } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";
import { findRuby } from "./find-ruby.ts";
import { installRubyLayer } from "./ruby-layer.ts";

export { chooseVersions, type Versions } from "./choose-versions.ts";
export { findJava, javaMissing, locateJava, requireRecentJava } from "./find-java.ts";
export { findRuby } from "./find-ruby.ts";
export { loadBuildInventory } from "./load-inventory.ts";
export { removeClassArchives } from "./remove-class-archives.ts";

/**
 * Installs the requested Ruby, or keeps the one of the last build.
 *
 * @throws BuildpackError of `download/*`, `artifact/*` or `compile/*`.
 */
export async function installRuby(
  context: BuildContext,
  request: RubyRequest,
  inventory: readonly Artifact[],
): Promise<InstalledRuby> {
  const { layersDir } = context.input;
  return await context.printer.section("Ruby", async (section) => {
    const { ruby, checksum, check, install } = await findRuby(context, request, inventory, section);
    const label = rubyLabel(ruby);
    const metadata = { ...machineKeys(context), rubyVersion: label, checksum };
    const { dir, kept } = await installRubyLayer({ layersDir, metadata, check, install, section });
    const version = ruby.engineVersion ?? ruby.version;
    return { dir, engine: ruby.engine, version, label, checksum, kept };
  });
}
