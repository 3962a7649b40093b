import { availableParallelism } from "node:os";
import type { Artifact } from "../../artifacts/artifact.ts";
import type { InstallContext } from "../../artifacts/install-artifact.ts";
import { loadInventory, readOwnInventory } from "../../artifacts/inventory.ts";
import { readMirrors } from "../../artifacts/mirrors.ts";
import type { Section } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import { openInventoryCache } from "./inventory-layer.ts";
import { childEnvironment } from "../environment/child-environment.ts";

/**
 * Everything that this build can install: what BP_INVENTORY names, if it does, and what the buildpack
 * brings.
 *
 * @throws BuildpackError `artifact/inventory-invalid`, `artifact/mirror-invalid` or `download/*`.
 */
export async function loadBuildInventory(context: BuildContext): Promise<Artifact[]> {
  const { buildpackDir, layersDir } = context.input;
  const operator = context.settings.BP_INVENTORY;
  if (!operator) return await readOwnInventory(buildpackDir);
  return await context.printer.section("Inventory", async (section) => {
    section.say(`\`${operator.replace(/#.*$/, "")}\` goes before the buildpack's own`);
    const cacheDir = await openInventoryCache(layersDir, operator);
    const options = { buildpackDir, operator, cacheDir };
    return await loadInventory(options, installContext(context, section));
  });
}

/** What the installation of an artifact is given. */
export function installContext(context: BuildContext, section: Section): InstallContext {
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
