import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTarget } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { lstatIfAny } from "../../system/files.ts";
import { lookInside } from "../../system/inside/open-inside.ts";
import { copyTree, discardTree } from "../../system/tree.ts";
import { build } from "../../platform/lifecycle/build.ts";
import type { BuildpackOutputs } from "../../platform/lifecycle/buildpack-outputs.ts";
import { readPlatformFiles } from "../../platform/lifecycle/platform-directory.ts";
import type { PlanEntry } from "../../platform/lifecycle/plan-resolution.ts";
import { restore, type RestoredLayers } from "../../platform/lifecycle/restore.ts";
import { describeOutcome, runDetect } from "../../platform/lifecycle/run-detect.ts";
import { type StoredBuild, storedLayerPath } from "../../platform/state/stored-build.ts";
import { resolveWith } from "./companions.ts";
import { readCompileCache } from "./compile-cache.ts";
import type { Compile } from "./compile-options.ts";
import type { Prepared } from "./prepare-app.ts";
import { relocate } from "./relocate.ts";
import { ownDirectory, slugRoot } from "../slug-root.ts";

/** The Platform API that the buildpack is run with. */
export const platformApi = "0.12";

/** What a build started with and what it produced. */
export interface Built {
  prepared: Prepared;
  previous: StoredBuild | undefined;
  restored: RestoredLayers;
  outputs: BuildpackOutputs[];
}

/** Runs the buildpack's `bin/detect` and `bin/build`, with the layers of the last compile. */
export async function runBuildpack(work: Compile, prepared: Prepared): Promise<Built> {
  const { place, own } = work;
  const { baseEnv, configVars } = prepared;
  await place.fillPlatform(await readPlatformFiles({ env: configVars, bindings: [] }));
  const target = await readTarget({}, { root: "/" });
  const sources = { userEnv: configVars, target, execEnv: work.mode };
  const context = { ...work, sandbox: place, baseEnv, sources, owner: undefined, onStep: () => {} };
  const entries = await detectOwn(context, prepared);
  const previous = await readCompileCache(work.cacheDir);
  const restored = await restoreFrom(work, previous);
  const outputs = await build({ group: [own], entries }, context);
  if (previous) for (const output of outputs) await bringBackReused(output, previous);
  return { prepared, previous, restored, outputs };
}

async function detectOwn(
  context: Compile & Omit<Parameters<typeof runDetect>[1], "plansDirectory">,
  { companions }: Prepared,
): Promise<PlanEntry[]> {
  const { own, place, printer } = context;
  const plansDirectory = join(place.host.layers, ".detect");
  await mkdir(plansDirectory);
  const outcome = await runDetect(own, { ...context, plansDirectory });
  await discardTree(plansDirectory);
  if (outcome.result === "pass") return resolveWith(companions, outcome.plan, own.id);
  printer.plain(...outcome.lines);
  throw new BuildpackError({
    code: "platform/no-group-detected",
    errors: outcome.result === "error",
    outcomes: [describeOutcome(own, outcome)],
  });
}

/** The cached layers contain the path at which apps run. This app may be built at another one. */
async function restoreFrom(
  { place, own, printer }: Compile,
  previous: StoredBuild | undefined,
): Promise<RestoredLayers> {
  if (!previous) return new Map();
  const { layers, app } = place.host;
  const restored = await restore({
    ...{ group: [own], layersDirectory: layers, previous, owner: undefined },
    ...{ platformApi, clearCache: false, printer, onStep: () => {} },
  });
  if (place.inside.app !== slugRoot) {
    await relocate(layers, join(slugRoot, ownDirectory), join(app, ownDirectory));
  }
  return restored;
}

/**
 * A launch layer without contents is to be reused from the previous image. Slugs have no previous
 * image, so the cache keeps these layers too, and the slug gets a copy that may be changed.
 */
async function bringBackReused(
  { buildpack, directory, layers }: BuildpackOutputs,
  previous: StoredBuild,
): Promise<void> {
  for (const [name, { types }] of layers) {
    const kept = storedLayerPath(previous, buildpack.id, name, types);
    if (types.launch && !(await lookInside(directory, name)) && (await lstatIfAny(kept)))
      await copyTree(kept, join(directory, name));
  }
}
