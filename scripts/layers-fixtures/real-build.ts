import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type App, build, makeApp } from "../../test/support/lapidary.ts";
import { ensureWorld, type World } from "../../test/support/world.ts";
import { ensureJvm } from "../debian/jvm.ts";
import { Unavailable } from "../unavailable.ts";
import type { Work } from "../work.ts";
import { makeJvm, makeRecorder } from "./buildpacks.ts";
import type { RealBuild } from "./stories.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** What a real build was given and left. */
export interface Recording {
  app: string;
  /** The user's environment. */
  env: Readonly<Record<string, string>>;
  /** Directories that together hold the layers of our buildpack and their metadata. */
  layers: readonly string[];
}

/**
 * Builds a sample in `place` by `lapidary build`, in a root file system of its own.
 *
 * @throws Unavailable with the end of the log, where the build did not end as the story says.
 */
export async function realBuild(work: Work, wanted: RealBuild, place: string): Promise<Recording> {
  const world = await worldOf(wanted);
  const app = await makeApp(place, wanted.sample);
  if (wanted.sample === "rails") await nameAnotherBundler(app.dir);
  const inventory = world.mirror.inventoryAt("/mirror");
  const env = { BP_INVENTORY: inventory, ...wanted.env };
  const recorded = join(place, "recorded");
  await mkdir(recorded);
  await chmod(recorded, 0o777);
  await work.section.timed(`Building \`samples/${wanted.sample}\``, async () => {
    const buildpacks = [...(await javaOf(work, wanted, place)), checkout];
    buildpacks.push(await makeRecorder(join(place, "recorder")));
    const volumes = [`${world.mirror.directory}:/mirror:ro`, `${recorded}:/recorded:rw`];
    const args = [
      ...buildpacks.flatMap((path) => ["--buildpack", path]),
      ...volumes.flatMap((volume) => ["--volume", volume]),
    ];
    await buildUntil(wanted.killedAt, { app, world, env, args });
  });
  return { app: app.dir, env, layers: layersOf(app, recorded, wanted) };
}

async function worldOf({ jruby, suite }: RealBuild): Promise<World> {
  const rubies = jruby ? { rubies: [], jrubies: ["9.4.15.0"], jemallocs: [] } : {};
  return await ensureWorld({ ...rubies, ...(suite ? { suite } : {}) });
}

async function javaOf(work: Work, { jruby }: RealBuild, place: string): Promise<string[]> {
  return jruby ? [await makeJvm(join(place, "jvm"), await ensureJvm(work))] : [];
}

async function nameAnotherBundler(app: string): Promise<void> {
  const path = join(app, "Gemfile.lock");
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace(/(?<=BUNDLED WITH\n +)\S+/, "2.7.2"));
}

async function buildUntil(
  killedAt: RegExp | undefined,
  request: Parameters<typeof build>[0],
): Promise<void> {
  let killed = false;
  const { exitCode, log } = await build({
    ...request,
    whileRunning: (soFar, child) => {
      if (killed || !killedAt?.test(soFar)) return;
      killed = child.kill("SIGKILL");
    },
  });
  if (killedAt ? killed : exitCode === 0) return;
  throw new Unavailable(`the build ended with ${exitCode}:\n${log.slice(-4000)}`);
}

/** A killed build leaves all in its workplace; others are taken apart into an image and a cache. */
function layersOf({ state }: App, recorded: string, { killedAt }: RealBuild): string[] {
  const own = "layers/lapidary_ruby";
  if (killedAt) return [join(state, "work", own)];
  return [recorded, join(state, "current/image", own), join(state, "current/cache", own)];
}
