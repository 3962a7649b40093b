import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { discardTree } from "../../system/tree.ts";
import { readBuildpacks } from "../../platform/lifecycle/buildpack-store.ts";
import { openBuildPlace } from "./build-place.ts";
import type { CompileOptions } from "./compile-options.ts";
import { finishSlug } from "./finish-slug.ts";
import { lookInside } from "../../system/inside/open-inside.ts";
import { prepareApp } from "./prepare-app.ts";
import { runBuildpack } from "./run-buildpack.ts";
import { readSlugNeeds } from "./slug-needs.ts";
import { ownDirectory } from "../slug-root.ts";

/**
 * `bin/compile` of the classic API: builds the app in its own directory with the buildpack's `bin/build`.
 * The layers go into the directory `.lapidary` of the app. It also writes `.profile.d/lapidary.sh`, which
 * sets up the app's environment, the output of `bin/release`, and the file `export` of the buildpack.
 *
 * @throws BuildpackError for every failure; the cache directory is then unchanged.
 */
export async function compile(options: CompileOptions): Promise<void> {
  const buildDir = await realpath(options.buildDir);
  const { printer, signal } = options;
  const [own] = await readBuildpacks([options.buildpack]);
  if (!own) throw new Error("readBuildpacks returns every buildpack it is given");
  await discardTree(join(buildDir, ownDirectory));
  // Scripts are written there at the end; a link should fail the compile before it takes minutes.
  await lookInside(buildDir, ".profile.d");
  const place = await openBuildPlace(buildDir, own, options);
  try {
    printer.plain(`Compiling at ${place.inside.app}, ${place.describe()}.`, "");
    const needs = await readSlugNeeds(buildDir);
    const work = { ...options, buildDir, own, place, needs };
    const prepared = await prepareApp(work);
    signal.throwIfAborted();
    const built = await runBuildpack(work, prepared);
    signal.throwIfAborted();
    await finishSlug(work, built);
  } finally {
    await place.close();
  }
}
