import { existsSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTarget } from "../../../../src/cnb/target.ts";
import { openState } from "../../../../src/platform/state/state.ts";
import type { Step } from "../story.ts";
import { pull, repositoryPath } from "../world/registry.ts";
import type { Round } from "./round.ts";

const state = "/.given/state";

/** Opens the state directory, which is to hold what the story has left of image and cache. */
export async function analyzeStep(round: Round, _step: Step): Promise<void> {
  if (existsSync(`${state}/current`)) {
    await forgetWhatIsGone();
    await takeOverCacheMetadata();
  }
  const { config } = await pull("run", architectureOf(round.story));
  const labels = config.config.Labels ?? {};
  const name = labels["io.buildpacks.base.distro.name"];
  const version = labels["io.buildpacks.base.distro.version"] ?? "";
  round.target = {
    ...{ ...(await readTarget({}, { root: "/" })), os: config.os, arch: config.architecture },
    ...(name ? { distro: { name, version } } : {}),
  };
  round.state = await openState(state);
}

/** Image and cache are one to this platform: half of it is taken out of its records. */
async function forgetWhatIsGone(): Promise<void> {
  const build = `${state}/current`;
  if (!existsSync(repositoryPath("app"))) {
    const labels = JSON.parse(await readFile(`${build}/labels.json`, "utf8")) as object;
    const kept = { ...labels, "io.buildpacks.lifecycle.metadata": undefined };
    await writeFile(`${build}/labels.json`, JSON.stringify(kept));
    await rm(`${build}/image/layers/sbom`, { recursive: true, force: true });
  }
  if (existsSync("/cache/kept")) return;
  await writeFile(`${build}/cache.json`, JSON.stringify({ buildpacks: [] }));
  await rm(`${build}/cache/sbom`, { recursive: true, force: true });
}

/** What a story has written in place of the cache's metadata. */
async function takeOverCacheMetadata(): Promise<void> {
  const path = "/cache/committed/io.buildpacks.lifecycle.cache.metadata";
  if (existsSync(path)) await copyFile(path, `${state}/current/cache.json`);
}

/** A platform builds for the architecture of its run image. */
function architectureOf({ images }: Round["story"]): string | undefined {
  return images?.["run"]?.about?.["architecture"] as string | undefined;
}

/** Where the registry keeps an image of the platform. */
export const exportWork = join("/.given", "export");
export const stateDirectory = state;
