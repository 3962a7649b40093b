import { join } from "node:path";
import { type EnvModification, readLayerEnv } from "../../cnb/layers/layer-env.ts";
import { lstatIfAny } from "../../system/files.ts";
import { throughLinks } from "../../system/inside/links-inside.ts";
import { listInside } from "../../system/inside/open-inside.ts";

/** What a launcher needs to know about a layer. All paths are paths in the image. */
export interface LaunchLayer {
  path: string;
  hasBin: boolean;
  hasLib: boolean;
  env: readonly EnvModification[];
  execD: readonly ForProcess[];
  profiles: readonly string[];
}

/** A file that applies to all processes, or to those of one type. */
export interface ForProcess {
  path: string;
  process?: string;
}

/** Reads the layer in `directory`, whose path at build and launch is `path`. */
export async function readLaunchLayer(directory: string, path: string): Promise<LaunchLayer> {
  const profiles = await entriesThroughLinks(directory, "profile.d", path);
  return {
    path,
    hasBin: (await lstatIfAny(join(directory, "bin"))) !== undefined,
    hasLib: (await lstatIfAny(join(directory, "lib"))) !== undefined,
    env: await readLayerEnv(directory, path),
    execD: await readExecD(directory, path),
    profiles: profiles.files.map((name) => join(path, "profile.d", name)),
  };
}

async function readExecD(layer: string, path: string): Promise<ForProcess[]> {
  const inside = join(path, "exec.d");
  const { files, directories } = await entriesThroughLinks(layer, "exec.d", path);
  const programs: ForProcess[] = files.map((name) => ({ path: join(inside, name) }));
  for (const process of directories) {
    const own = await entriesThroughLinks(layer, join("exec.d", process), path);
    programs.push(...own.files.map((name) => ({ path: join(inside, process, name), process })));
  }
  return programs;
}

/** Those of a directory, which a link may lead to that stays in the layer. */
async function entriesThroughLinks(layer: string, directory: string, inside: string) {
  return await throughLinks(layer, directory, (path) => sortedEntries(layer, path), inside);
}

/** Sorted by name. A link counts as a file, whatever its target is: it is followed only inside. */
export async function sortedEntries(
  root: string,
  path: string,
): Promise<{ files: string[]; directories: string[] }> {
  const entries = await listInside(root, path);
  const named = (wanted: boolean) =>
    entries.filter((entry) => entry.isDirectory() === wanted).map(({ name }) => name);
  return { files: named(false), directories: named(true) };
}
