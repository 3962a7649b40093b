import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { bytesOfText } from "../../system/environment/byte-text.ts";
import { writeAtomically } from "../../system/files.ts";
import { lookInside, makeDirectoryInside, writeInside } from "../../system/inside/open-inside.ts";
import { discardTree, moveTree } from "../../system/tree.ts";
import { escapeId } from "../../cnb/names.ts";
import {
  type LaunchMetadata,
  launchMetadataToml,
  mergeLaunch,
} from "../../platform/lifecycle/launch-metadata.ts";
import { readLaunchPlan } from "../../platform/launch/launch-plan.ts";
import { storeLayers } from "../../platform/lifecycle/store-layers.ts";
import { saveCompileCache } from "./compile-cache.ts";
import type { Compile } from "./compile-options.ts";
import { nodeBuildpack, testDefaults } from "./prepare-app.ts";
import { exportScript, profileScript } from "./profile-script.ts";
import { commandLineOf, formatRelease } from "../release.ts";
import { makeLinksRelative, relocate } from "./relocate.ts";
import { type Built, platformApi } from "./run-buildpack.ts";
import { layersDirectory, ownDirectory, slugRoot } from "../slug-root.ts";

/** Below the app: the output of `bin/release`. */
export const releaseFile = join(ownDirectory, "release.yml");

/**
 * Makes a slug from a built app: changes paths to those at which the app will run, removes layers that
 * only builds need, and writes the files that start the app. The cache is committed last, when nothing
 * can fail any more.
 */
export async function finishSlug(work: Compile, built: Built): Promise<void> {
  const { printer, place, cacheDir, own } = work;
  const { app } = place.host;
  // The build may have put links in place of these directories.
  await lookInside(app, layersDirectory);
  await makeDirectoryInside(app, profileDirectory);
  await printer.section("Slug", async (section) => {
    await makeLinksRelative(app, place.inside.app);
    await relocate(app, place.inside.app, slugRoot);
    const staged = join(app, ownDirectory, "staged");
    await discardTree(staged);
    // A build may have no layers.
    await mkdir(join(staged, "image/layers", escapeId(own.id)), { recursive: true });
    const warn = (text: string) => section.warn(text);
    const inside = { app: slugRoot, layers: join(slugRoot, layersDirectory) };
    const { image, cache } = await storeLayers({ ...built, staged, warn, inside, ids: nobody });
    const stagedBuild = { inside, platformApi, labels: {}, image, cache };
    const finish = async () => {
      await takeLaunchLayers(work, staged);
      await writeStartFiles(work, built);
    };
    await section.timed("Moving layers into the slug and the cache", async () => {
      await saveCompileCache(cacheDir, staged, stagedBuild, finish);
    });
    await writeExport(work, built, section);
    section.say("`.profile.d/lapidary.sh` sets up the environment when a dyno starts");
  });
}

/** Below the app: scripts that the shell of a dyno sources before a process starts. */
const profileDirectory = ".profile.d";

/** Owners in a slug have no meaning: the user who unpacks it owns the files. */
const nobody = { uid: 0, gid: 0 };

async function takeLaunchLayers({ own, place }: Compile, staged: string): Promise<void> {
  const name = escapeId(own.id);
  const layers = join(place.host.layers, name);
  await discardTree(layers);
  await moveTree(join(staged, "image/layers", name), layers);
  await discardTree(staged);
}

async function writeStartFiles(work: Compile, { outputs, prepared }: Built): Promise<void> {
  const { place, mode, printer } = work;
  const launch = mergeLaunch(outputs, (text) => printer.plain(`Warning: ${text}`));
  const node = { id: nodeBuildpack, version: "0.0.0", api: platformApi };
  if (prepared.node) launch.buildpacks.unshift(node);
  const { app, layers } = place.host;
  await makeDirectoryInside(layers, "config");
  await writeInside(layers, "config/metadata.toml", launchMetadataToml(launch, platformApi));
  const inside = { app: slugRoot, layers: join(slugRoot, layersDirectory) };
  const plan = await readLaunchPlan(layers, inside, "0.10");
  const profile = await profileScript(plan, mode === "test" ? testDefaults : {});
  await writeInside(app, join(profileDirectory, "lapidary.sh"), bytesOfText(profile));
  await writeInside(app, releaseFile, releaseOf(work, prepared.configVars, launch));
}

function releaseOf(
  { needs, mode }: Compile,
  configVars: Readonly<Record<string, string>>,
  { processes }: LaunchMetadata,
): string {
  const types = processes.map((process) => [process.type, commandLineOf(process)] as const);
  const test = mode === "test" ? needs.testCommand : undefined;
  const processTypes = { ...(test === undefined ? {} : { test }), ...Object.fromEntries(types) };
  const addons = configVars["HEROKU_SKIP_DATABASE_PROVISION"] ? [] : needs.addons;
  return formatRelease({ processTypes, addons });
}

/** Writes the environment for later buildpacks, if there are any: that of layers for build and launch. */
async function writeExport(
  { own, place }: Compile,
  { outputs }: Built,
  section: Section,
): Promise<void> {
  const layers = outputs.flatMap(({ buildpack, layers: all }) =>
    [...all]
      .filter(([, { types }]) => types.build && types.launch)
      .map(([name]) => join(place.host.layers, escapeId(buildpack.id), name)),
  );
  const script = await exportScript(layers, place.host.app);
  try {
    await writeAtomically(join(own.directory, "export"), bytesOfText(script));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    section.say(
      `Later buildpacks will not find Ruby: the file \`export\` cannot be written (${code})`,
    );
  }
}
