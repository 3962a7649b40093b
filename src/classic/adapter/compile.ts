import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Printer } from "../../output/printer.ts";
import { discardTree } from "../../system/tree.ts";
import { type Buildpack, readBuildpacks } from "../../platform/lifecycle/buildpack-store.ts";
import type { Sandbox, SandboxOptions } from "../../platform/sandbox/sandbox.ts";
import { openBuildPlace } from "./build-place.ts";
import { finishSlug } from "./finish-slug.ts";
import { prepareApp } from "./prepare-app.ts";
import { runBuildpack } from "./run-buildpack.ts";
import type { SlugNeeds } from "./slug-needs.ts";
import { ownDirectory } from "../slug-root.ts";

export interface CompileOptions {
  /** The app's checkout, which becomes the slug. */
  buildDir: string;
  /** Persists between successful compiles. A compile that fails writes nothing there. */
  cacheDir: string;
  /** A file for each of the app's config vars. */
  envDir: string | undefined;
  /** For running the app, or for running its tests. */
  mode: "production" | "test";
  /** The directory of the buildpack. */
  buildpack: string;
  /** What the buildpack's platform says of itself and of earlier buildpacks. */
  env: Readonly<Record<string, string>>;
  /** Opens where the app is built: at `/app` if it can, else where the app stands. */
  openSandbox: (options: SandboxOptions) => Promise<Sandbox>;
  readNeeds: (app: string) => Promise<SlugNeeds>;
  /** A Node for apps that need one; it has to run on this machine. */
  nodeProgram: string;
  printer: Printer;
  signal: AbortSignal;
}

/** A compile at work. */
export interface Compile extends CompileOptions {
  own: Buildpack;
  place: Sandbox;
  needs: SlugNeeds;
}

/**
 * `bin/compile` of the classic API: builds the app where it stands by the buildpack's own
 * `bin/build`, with the layers in its directory `.lapidary`, and leaves there what starts it:
 * `.profile.d/lapidary.sh`, and what `bin/release` prints. Beside the buildpack it leaves `export`.
 *
 * @throws BuildpackError for everything that can go wrong; the cache directory is then as it was.
 */
export async function compile(options: CompileOptions): Promise<void> {
  const buildDir = await realpath(options.buildDir);
  const { printer, signal } = options;
  const [own] = await readBuildpacks([options.buildpack]);
  if (!own) throw new Error("readBuildpacks reads what it is given");
  await discardTree(join(buildDir, ownDirectory));
  const place = await openBuildPlace(buildDir, own, options);
  try {
    printer.plain(`Compiles at ${place.inside.app}, ${place.describe()}.`, "");
    const needs = await options.readNeeds(buildDir);
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
