import { lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import glob from "fast-glob";
import type { ReportedGem } from "../../output/build-facts.ts";
import { parseInstalledGemspec } from "../../ruby/gems/gemspec.ts";
import { isDirectory } from "../../system/files.ts";
import { walk } from "../../system/walk.ts";

/** The gems in the layer `gems` with the sizes of their files, the largest first. */
export async function measureGems(gemsDir: string): Promise<ReportedGem[]> {
  const specifications = await glob("specifications/*.gemspec", { cwd: gemsDir });
  const clones = await glob("bundler/gems/*", { cwd: gemsDir, onlyDirectories: true });
  const gems = await Promise.all([
    ...specifications.map(async (path) => await installedGem(gemsDir, path)),
    ...clones.map(async (path) => await clonedGem(gemsDir, path)),
  ]);
  const found = gems.filter((gem) => gem !== undefined);
  return found.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

async function installedGem(gemsDir: string, path: string): Promise<ReportedGem | undefined> {
  const gemspec = parseInstalledGemspec(await readFile(join(gemsDir, path), "utf8"));
  if (!gemspec) return undefined;
  const fullName = basename(path, ".gemspec");
  const version = fullName.slice(gemspec.name.length + 1);
  return await measured({ name: gemspec.name, version }, gemsDir, {
    main: join("gems", fullName),
    extensions: `extensions/*/*/${glob.escapePath(fullName)}`,
  });
}

/** Bundler names a clone after the repository and the first twelve digits of the revision. */
async function clonedGem(gemsDir: string, path: string): Promise<ReportedGem> {
  const [, name = basename(path), version = ""] =
    /^(.+)-([0-9a-f]{12})$/.exec(basename(path)) ?? [];
  return await measured({ name, version }, gemsDir, {
    main: path,
    extensions: `bundler/gems/extensions/*/*/${glob.escapePath(basename(path))}`,
  });
}

async function measured(
  gem: { name: string; version: string },
  gemsDir: string,
  { main, extensions }: { main: string; extensions: string },
): Promise<ReportedGem> {
  const compiled = await glob(extensions, { cwd: gemsDir, onlyDirectories: true });
  const directories = [main, ...compiled].map((path) => join(gemsDir, path));
  let bytes = 0;
  for (const directory of directories) if (await isDirectory(directory)) bytes += sizeOf(directory);
  return { ...gem, bytes, compiled: compiled.length > 0 };
}

function sizeOf(directory: string): number {
  let bytes = 0;
  for (const { path } of walk(Buffer.from(directory))) {
    const stats = lstatSync(path);
    if (stats.isFile()) bytes += stats.size;
  }
  return bytes;
}
