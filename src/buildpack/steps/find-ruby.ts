import { availableParallelism } from "node:os";
import { installArtifact } from "../../artifacts/install-artifact.ts";
import type { InstallContext } from "../../artifacts/install-artifact.ts";
import { loadInventory } from "../../artifacts/inventory.ts";
import { readMirrors } from "../../artifacts/mirrors.ts";
import { resolveArtifact } from "../../artifacts/resolve-artifact.ts";
import { verifyRuby } from "../../artifacts/verify-ruby.ts";
import type { Section } from "../../output/printer.ts";
import { rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import type { BuildContext } from "./build-context.ts";
import { openInventoryCache } from "../layers/inventory.ts";
import { childEnvironment } from "./child-environment.ts";

/** The Ruby to install: what identifies its archive, and how to put it into a directory. */
export interface FoundRuby {
  checksum: string;
  install: (directory: string, section: Section) => Promise<void>;
}

/**
 * Finds the archive of a Ruby for the build's target.
 *
 * @throws BuildpackError `artifact/version-unknown` with the nearest versions that there are,
 * `artifact/none-for-target`, `artifact/inventory-invalid`, `download/*`.
 */
export async function findRuby(
  context: BuildContext,
  { ruby, source }: RubyRequest,
  section: Section,
): Promise<FoundRuby> {
  const { input, settings } = context;
  const downloads = downloadContext(context, section);
  const operator = settings.BP_INVENTORY;
  const inventory = await loadInventory(
    {
      buildpackDir: input.buildpackDir,
      operator,
      cacheDir: operator ? await openInventoryCache(input.layersDir, operator) : undefined,
    },
    downloads,
  );
  const version = ruby.engineVersion ?? ruby.version;
  const { target } = input;
  const artifact = resolveArtifact(inventory, { name: ruby.engine, version, source, target });
  return {
    checksum: artifact.sha256 ?? `none published for ${artifact.url}`,
    install: async (directory) => {
      await installArtifact(artifact, directory, downloads);
      await verifyRuby(directory, ruby, downloads);
      section.say(`\`${rubyLabel(ruby)}\` reports the version that was asked for`);
    },
  };
}

function downloadContext(context: BuildContext, section: Section): InstallContext {
  const { input, run, fetcher, signal, env } = context;
  return {
    section,
    run,
    fetcher,
    signal,
    env: childEnvironment(env).env,
    mirrors: readMirrors(input.platform.env, input.platform.bindings),
    cpus: availableParallelism(),
  };
}
