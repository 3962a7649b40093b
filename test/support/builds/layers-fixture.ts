import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { parseToml, stringifyToml } from "../../../src/toml.ts";

const fixtures = new URL("../../../layers-fixtures", import.meta.url).pathname;

/** A recorded layers directory, and what a build must make of it. */
export interface LayersFixture {
  name: string;
  directory: string;
  restored: "by a lifecycle" | "as they stand";
  /** The user's environment in the build that left it. */
  env: Record<string, string>;
  /** Which inventory the next build has: the recorded one needs no network and has the same archives. */
  inventory: "recorded" | "another";
  layers: Record<string, { fate: "kept" | "rebuilt"; log?: string | undefined }>;
}

const storySchema = z.object({
  restored: z.enum(["by a lifecycle", "as they stand"]),
  env: z.record(z.string(), z.string()),
});

const expectationSchema = z.strictObject({
  inventory: z.enum(["recorded", "another"]),
  layers: z.record(
    z.string(),
    z.strictObject({ fate: z.enum(["kept", "rebuilt"]), log: z.string().optional() }),
  ),
});

/** The names of all fixtures: `0.1.0/rails`. */
export async function fixtureNames(): Promise<string[]> {
  return (await glob("*/*", { cwd: fixtures, onlyDirectories: true })).sort();
}

export async function readFixture(name: string): Promise<LayersFixture> {
  const directory = join(fixtures, name);
  const read = async (file: string) => parseToml(await readFile(join(directory, file), "utf8"));
  const story = storySchema.parse(await read("story.toml"));
  return { name, directory, ...story, ...expectationSchema.parse(await read("expected.toml")) };
}

const restoredMark = "restored-by-the-test";

/**
 * Puts a fixture's layers into an empty directory as a lifecycle brings them back, or as they stand.
 * What of them is kept later on is told by a file in each directory.
 *
 * Spec: Buildpack Interface, Layer Types.
 */
export async function restoreLayers(
  { directory, restored }: LayersFixture,
  layersDir: string,
): Promise<void> {
  await cp(join(directory, "layers"), layersDir, { recursive: true });
  if (restored === "by a lifecycle") {
    for (const name of await layersIn(layersDir)) await restoreLayer(join(layersDir, name));
  }
  for (const name of await directoriesIn(layersDir)) {
    await writeFile(join(layersDir, name, restoredMark), "");
  }
}

async function restoreLayer(path: string): Promise<void> {
  const text = await readFile(`${path}.toml`, "utf8").catch(() => undefined);
  const content = text === undefined ? undefined : tryToParse(text);
  if (content === undefined) return;
  const { launch = false, build = false, cache = false } = content.types;
  if (!cache) await rm(path, { recursive: true, force: true });
  if (!cache && !(launch && !build)) await rm(`${path}.toml`);
  else await writeFile(`${path}.toml`, stringifyToml({ metadata: content.metadata }));
}

const flag = z.boolean().optional();
const contentSchema = z.object({
  types: z.object({ launch: flag, build: flag, cache: flag }),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

/** What a write left that was cut short is no TOML, and stays as it is. */
function tryToParse(text: string): z.output<typeof contentSchema> | undefined {
  try {
    return contentSchema.parse(parseToml(text));
  } catch {
    return undefined;
  }
}

/** Whether a restored layer is still what was restored. A launch-only one has no contents on disk. */
export async function isKept(layersDir: string, layer: string): Promise<boolean> {
  const files = await readdir(join(layersDir, layer)).catch(() => undefined);
  const committed = (await readdir(layersDir)).includes(`${layer}.toml`);
  return committed && (files === undefined || files.includes(restoredMark));
}

/** The layers that a later build can get back, by name. The layer `variables` is never cached. */
export async function recordedLayers({ directory }: LayersFixture): Promise<string[]> {
  const names = await layersIn(join(directory, "layers"));
  return names.filter((name) => name !== "variables");
}

/** The layers of a directory, those without metadata or contents included. */
async function layersIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).map((name) => name.replace(/\.toml$/, ""));
  return [...new Set(names)].sort();
}

async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** A copy of the fixture's app. */
export async function copyApp({ directory }: LayersFixture, appDir: string): Promise<void> {
  await mkdir(appDir, { recursive: true });
  await cp(join(directory, "app"), appDir, { recursive: true });
}
