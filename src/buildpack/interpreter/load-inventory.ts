import type { Artifact } from "../../artifacts/artifact.ts";
import { loadInventory, readOwnInventory } from "../../artifacts/inventory.ts";
import type { BuildContext } from "../build-context.ts";
import { openInventoryCache } from "./inventory-layer.ts";
import { installContext } from "../install-context.ts";

/**
 * Everything that this build can install: the artifacts in BP_INVENTORY, if it is set, and those of the
 * buildpack. With BP_REQUIRE_CHECKSUMS, only those that have a checksum; with BP_RUBY_PORTABLE=false, none that is
 * portable.
 *
 * @throws BuildpackError `artifact/inventory-invalid`, `artifact/mirror-invalid` or `download/*`.
 */
export async function loadBuildInventory(context: BuildContext): Promise<Artifact[]> {
  const { BP_REQUIRE_CHECKSUMS, BP_RUBY_PORTABLE } = context.settings;
  const all = await loadAll(context);
  return all.filter(
    ({ sha256, kind }) =>
      (sha256 !== undefined || !BP_REQUIRE_CHECKSUMS) && (kind !== "portable" || BP_RUBY_PORTABLE),
  );
}

async function loadAll(context: BuildContext): Promise<Artifact[]> {
  const { buildpackDir, layersDir } = context.input;
  const operator = context.settings.BP_INVENTORY;
  if (!operator) return await readOwnInventory(buildpackDir);
  return await context.printer.section("Inventory", async (section) => {
    section.say(`Using \`${operator.replace(/#.*$/, "")}\` before the buildpack's own inventory`);
    const cacheDir = await openInventoryCache(layersDir, operator);
    const options = { buildpackDir, operator, cacheDir };
    return await loadInventory(options, installContext(context, section));
  });
}
