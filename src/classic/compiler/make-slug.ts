import { chmod, mkdir, mkdtemp, rename, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Printer } from "../../output/printer.ts";
import { isDirectory, writeAtomically } from "../../system/files.ts";
import { packDirectory } from "../../system/tarball.ts";
import { copyTree, discardTree } from "../../system/tree.ts";
import { takeLock } from "../../platform/state/state-lock.ts";
import { type ClassicBuildpack, runCompile, runRelease } from "./classic-programs.ts";
import { formatRelease } from "../release.ts";
import { chooseBuildpack } from "./slug-buildpack.ts";
import { checkOut } from "./slug-source.ts";

export interface SlugOptions {
  /** A repository: a directory, or an archive of one. */
  source: string;
  /** The slug to make. */
  output: string;
  /** What buildpacks keep between successful slugs. */
  cache: string;
  configVars: Readonly<Record<string, string>>;
  /** Buildpacks to ask: directories, or URLs of git repositories. */
  candidates: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  printer: Printer;
  signal: AbortSignal;
}

/** In a slug: what its buildpack's `bin/release` printed. */
export const slugReleaseFile = ".release";

/**
 * Makes a slug as a slug compiler does: checks the app out, finds its buildpack, runs `bin/compile`
 * and `bin/release`, and packs what came of it. The slug and the cache are replaced when all of that
 * has succeeded, and are as they were when it has not.
 *
 * @throws BuildpackError of `classic/*`; the reason of `signal` where it was aborted.
 */
export async function makeSlug(options: SlugOptions): Promise<void> {
  const unlock = await takeLock(`${options.cache}.lock`);
  // Buildpacks see the paths below in what they build, so they are none with blanks or colons.
  const scratch = await mkdtemp(join(tmpdir(), "build_"));
  try {
    await makeIn(scratch, options);
  } finally {
    await discardTree(scratch);
    await discardTree(`${options.cache}.next`);
    await unlock();
  }
}

async function makeIn(scratch: string, options: SlugOptions): Promise<void> {
  const { printer, signal } = options;
  const work = {
    // Slugs hold one directory of this name.
    buildDir: join(scratch, "app"),
    // Beside the cache that it replaces when all has succeeded.
    cacheDir: `${options.cache}.next`,
    envDir: join(scratch, "env"),
    buildpacks: join(scratch, "buildpacks"),
    source: join(scratch, "repository"),
  };
  await openCache(work.cacheDir, options.cache);
  const directories = [work.buildDir, work.envDir, work.buildpacks, work.source];
  for (const directory of directories) await mkdir(directory);
  const buildpack = await prepare(work, options);
  signal.throwIfAborted();
  const context = { buildDir: work.buildDir, env: options.env, signal };
  const onText = (text: string) => printer.passOn(text);
  await runCompile(buildpack, work, { ...context, onText });
  const release = await runRelease(buildpack, context);
  await writeAtomically(join(work.buildDir, slugReleaseFile), formatRelease(release));
  await printer.section("Pack", async (section) => {
    await section.timed(`\`${options.output}\``, async () => {
      await packDirectory(scratch, "app", options.output);
    });
    await replaceCache(work.cacheDir, options.cache);
    section.say(`\`${((await stat(options.output)).size / 2 ** 20).toFixed(1)} MiB\``);
    const types = Object.keys(release.processTypes);
    section.say(`Process types of the buildpack: ${types.join(", ") || "none"}`);
  });
}

interface SlugWork {
  buildDir: string;
  cacheDir: string;
  envDir: string;
  buildpacks: string;
  source: string;
}

async function prepare(work: SlugWork, options: SlugOptions): Promise<ClassicBuildpack> {
  const { source, configVars, env, cwd, printer, signal } = options;
  return await printer.section("Slug compiler", async (section) => {
    await checkOut(source, work.buildDir, { scratch: work.source, env });
    section.say(`\`${source}\` is checked out to \`${work.buildDir}\``);
    await chmod(work.envDir, 0o700);
    for (const [name, value] of Object.entries(configVars)) {
      await writeFile(join(work.envDir, name), value);
    }
    const buildpackUrl = configVars["BUILDPACK_URL"];
    const { buildDir, buildpacks: scratch } = work;
    const { candidates } = options;
    const choice = { buildpackUrl, candidates, buildDir, scratch, cwd, env, signal };
    return await chooseBuildpack(choice, section);
  });
}

/** Buildpacks get a copy of the cache; a slug compiler that was killed may have left an older one. */
async function openCache(copy: string, cache: string): Promise<void> {
  await discardTree(copy);
  const kept = (await isDirectory(cache)) ? cache : `${cache}.old`;
  if (await isDirectory(kept)) await copyTree(kept, copy);
  else await mkdir(copy, { recursive: true });
}

async function replaceCache(next: string, cache: string): Promise<void> {
  await discardTree(`${cache}.old`);
  if (await isDirectory(cache)) await rename(cache, `${cache}.old`);
  await rename(next, cache);
  await discardTree(`${cache}.old`);
}
