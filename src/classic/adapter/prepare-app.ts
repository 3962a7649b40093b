import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { isDirectory } from "../../system/files.ts";
import { moveDirectives, placeBundleConfig } from "./bundle-directives.ts";
import { companionsFound, installNode, warnOfPackages } from "./companions.ts";
import type { Compile } from "./compile.ts";
import { readConfigVars } from "./config-vars.ts";
import { layersDirectory, moveMentions, slugRoot } from "../slug-root.ts";

/** What the buildpack finds when it is run. */
export interface Prepared {
  /** The environment that it is run in, but for the config vars. */
  baseEnv: Record<string, string>;
  configVars: Record<string, string>;
  /** What stands there that build plans ask other buildpacks for. */
  companions: string[];
  /** Whether we gave the app its Node. */
  node: boolean;
}

/** The buildpack whose layer a Node of ours counts as. */
export const nodeBuildpack = "lapidary/node";

/** Makes an app's checkout ready to be built: what a platform of images leaves to others. */
export async function prepareApp(work: Compile): Promise<Prepared> {
  const { printer, place } = work;
  return await printer.section("Prepare the app", async (section) => {
    const app = place.host.app;
    const vars = Object.fromEntries(await readConfigVars(work.envDir));
    const isAtRoot = place.inside.app === slugRoot;
    section.say(isAtRoot ? "Built where it will run" : "Built where it stands, then relocated");
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
  const directory = join(place.host.app, "config");
  if (needs.databaseYml === undefined || !(await isDirectory(directory))) return;
  await writeFile(join(directory, "database.yml"), needs.databaseYml);
  section.say(
    "`config/database.yml` now reads `DATABASE_URL`, which this Rails does not by itself",
  );
}

/** Earlier buildpacks speak of the checkout by its own path, which is another inside. */
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

/** What tests run with unless the app's config vars say otherwise. */
export const testDefaults: Readonly<Record<string, string>> = {
  RACK_ENV: "test",
  RAILS_ENV: "test",
};
