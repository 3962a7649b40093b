import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { isDirectoryInside, writeInside } from "../../system/inside/open-inside.ts";
import { moveDirectives, placeBundleConfig } from "./bundle-directives.ts";
import { companionsFound, installNode, warnOfPackages } from "./companions.ts";
import type { Compile } from "./compile-options.ts";
import { readConfigVars } from "./config-vars.ts";
import { layersDirectory, moveMentions, slugRoot } from "../slug-root.ts";

/** What the buildpack is run with. */
export interface Prepared {
  /** Its environment, without the config vars. */
  baseEnv: Record<string, string>;
  configVars: Record<string, string>;
  /** The requirements of build plans that earlier buildpacks have met. */
  companions: string[];
  /** Whether the app got our Node. */
  node: boolean;
}

/** The id of the buildpack that our Node is attributed to. */
export const nodeBuildpack = "lapidary/node";

/** Does what buildpacks need before they run on a checkout, and what image platforms do not do. */
export async function prepareApp(work: Compile): Promise<Prepared> {
  const { printer, place } = work;
  return await printer.section("Prepare the app", async (section) => {
    const app = place.host.app;
    const vars = Object.fromEntries(await readConfigVars(work.envDir));
    const isAtRoot = place.inside.app === slugRoot;
    section.say(
      isAtRoot
        ? "Building at the path where the app will run"
        : "Building at the path of the checkout; paths are changed to `/app` afterwards",
    );
    await placeBundleConfig(app, place.inside.app, section);
    await writeDatabaseYml(work, section);
    const baseEnv = environmentOf(work);
    const path = work.env["PATH"] ?? "";
    const companions = await companionsFound(app, path);
    const node = work.needs.node && !companions.includes("node");
    if (node) await addNode(work, baseEnv, section);
    await warnOfPackages(app, path, section);
    return {
      baseEnv,
      configVars: moveDirectives({ ...modeVars(work), ...vars }, place.inside.app),
      companions: node ? [...companions, "node"] : companions,
      node,
    };
  });
}

async function writeDatabaseYml({ needs, place }: Compile, section: Section): Promise<void> {
  const { app } = place.host;
  if (needs.databaseYml === undefined || !(await isDirectoryInside(app, "config"))) return;
  await writeInside(app, "config/database.yml", needs.databaseYml);
  section.say(
    "Wrote a `config/database.yml` that reads `DATABASE_URL`, because this version of Rails does not read it itself",
  );
}

/** Earlier buildpacks know the checkout by its own path, which may differ from the one inside. */
function environmentOf({ env, place }: Compile): Record<string, string> {
  const entries = Object.entries(env)
    .filter(([name]) => !/^(CNB_.*|NODE_OPTIONS|PWD|OLDPWD|SHLVL|_|HOME)$/.test(name))
    .map(([name, value]) => [name, moveMentions(value, place.host.app, place.inside.app)] as const);
  return { ...Object.fromEntries(entries), HOME: place.inside.home };
}

async function addNode(
  { place, nodeProgram }: Compile,
  baseEnv: Record<string, string>,
  section: Section,
): Promise<void> {
  const layer = join(layersDirectory, nodeBuildpack.replace("/", "_"), "node");
  await mkdir(join(place.host.app, layer), { recursive: true });
  await installNode(join(place.host.app, layer), nodeProgram, section);
  baseEnv["PATH"] = `${join(place.inside.app, layer, "bin")}:${baseEnv["PATH"] ?? ""}`;
}

function modeVars({ mode }: Compile): Record<string, string> {
  if (mode === "production") return {};
  return {
    BP_EXEC_ENV: "test",
    BP_RAILS_SKIP_ASSETS: "true",
    BUNDLE_WITHOUT: "development",
    ...testDefaults,
  };
}

/** The defaults for tests. Config vars win over them. */
export const testDefaults: Readonly<Record<string, string>> = {
  RACK_ENV: "test",
  RAILS_ENV: "test",
};
