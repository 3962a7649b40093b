import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { isFile } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";
import type { InstalledRuby, Places } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";
import type { Project } from "../project/project.ts";
import { keepsGemFiles } from "./keep-gem-files.ts";
import { type GemStore, openGemStore } from "./store/gem-store.ts";
import { storableGems } from "./store/store-key.ts";

/** The gems that a build installs, and where. */
export interface StoredBundle {
  project: Pick<Project, "dir" | "locked">;
  ruby: InstalledRuby;
  places: Places;
  /** The whole environment of Bundler. */
  env: Readonly<Record<string, string>>;
}

/**
 * The gem store that `BP_GEM_STORE`, or else the first binding of type `gem-store`, names. There is none unless the
 * user asks for it, and none for JRuby, which compiles no gems.
 */
export async function chooseGemStore(
  context: BuildContext,
  bundle: StoredBundle,
  section: Section,
): Promise<GemStore | undefined> {
  const { settings, input } = context;
  const binding = input.platform.bindings.find(({ type }) => type.toLowerCase() === "gem-store");
  const directory = settings.BP_GEM_STORE ?? binding?.secrets.get("directory")?.trim();
  if (directory === undefined || bundle.ruby.engine === "jruby") return undefined;
  const readOnly = binding?.secrets.get("readonly")?.trim() === "true";
  return await openGemStore({
    directory,
    readOnly: settings.BP_GEM_STORE_READONLY || readOnly,
    limit: settings.BP_GEM_STORE_LIMIT * 1024 * 1024,
    gems: await gemsOf(context, bundle),
    section,
  });
}

/** Gems whose archive is in `vendor/cache` are left out: the archive may be a changed one. */
async function gemsOf(context: BuildContext, { project, ruby, places, env }: StoredBundle) {
  const { distro, arch } = machineKeys(context);
  const { label, checksum } = ruby;
  const kept = keepsGemFiles(context.settings) ? ["all files"] : [];
  const machine = [distro, arch, label, checksum, places.gems, places.ruby, ...kept];
  const own: string[] = [];
  const gems = storableGems(project.locked, { machine, env });
  for (const { fullName } of gems) {
    if (await isFile(join(project.dir, "vendor/cache", `${fullName}.gem`))) own.push(fullName);
  }
  return gems.filter(({ fullName }) => !own.includes(fullName));
}
