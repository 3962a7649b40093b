import { chmod, mkdir, mkdtemp, rename, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Printer } from "../../output/printer.ts";
import { isDirectory, lstatIfAny, writeAtomically } from "../../system/files.ts";
import { copyTree, discardTree } from "../../system/tree.ts";
import { takeLock } from "../../platform/state/state-lock.ts";
import { type ClassicBuildpack, runCompile, runRelease } from "./classic-programs.ts";
import { formatRelease } from "../release.ts";
import { packSlug } from "./slug-archive.ts";
import { chooseBuildpack } from "./slug-buildpack.ts";
import { checkOut } from "./slug-source.ts";
import { usageError } from "../../failure.ts";

export interface SlugOptions {
  /** The source of the app, see `checkOut`. */
  source: string;
  /** The path of the slug. */
  output: string;
  /** The permissions of the slug, which may hold secrets. */
  mode: number;
  /** The cache directory of buildpacks, kept between successful slugs. */
  cache: string;
  configVars: Readonly<Record<string, string>>;
  /** The buildpacks to try: directories, or URLs of git repositories. */
  candidates: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  printer: Printer;
  signal: AbortSignal;
}

/** Below the app in a slug: the output of its buildpack's `bin/release`. */
export const slugReleaseFile = ".release";

/**
 * Makes a slug as a slug compiler does: checks the app out, finds its buildpack, runs `bin/compile` and
 * `bin/release`, and packs the result. The slug and the cache are replaced only if all of this succeeds. What
 * `.profile.d` contains is written by the buildpack's `bin/compile` (ours: `../adapter/finish-slug.ts`).
 *
 * @throws BuildpackError of `classic/*`; the reason of `signal` if it was aborted.
 */
export async function makeSlug(options: SlugOptions): Promise<void> {
  await refuseOutput(options.output);
  const unlock = await takeLock(`${options.cache}.lock`);
  let scratch: string | undefined;
  try {
    // These paths end up in what buildpacks build, so they have no spaces and no colons.
    scratch = await mkdtemp(join(tmpdir(), "build_"));
    await makeIn(scratch, options);
  } finally {
    if (scratch !== undefined) await discardTree(scratch);
    await discardTree(`${options.cache}.next`);
    await unlock();
  }
}

/** Before the app is compiled, which may take minutes. */
async function refuseOutput(output: string): Promise<void> {
  const entry = await lstatIfAny(output);
  if (!entry || entry.isFile()) return;
  const problem = `\`--output ${output}\` would replace something that is not a regular file`;
  throw usageError(problem);
}

async function makeIn(scratch: string, options: SlugOptions): Promise<void> {
  const { printer, signal } = options;
  const work = {
    // A slug contains one directory of this name.
    buildDir: join(scratch, "app"),
    // Next to the cache that it replaces in the end.
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
      await packSlug(work.buildDir, options.output, options.mode);
    });
    await replaceCache(work.cacheDir, options.cache);
    section.say(`\`${((await stat(options.output)).size / 2 ** 20).toFixed(1)} MiB\``);
    const types = Object.keys(release.processTypes);
    section.say(`Default process types: ${types.join(", ") || "none"}`);
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
    const results = [options.output];
    await checkOut(source, work.buildDir, { scratch: work.source, env, results });
    section.say(`Checked out \`${source}\` to \`${work.buildDir}\``);
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

/** Buildpacks get a copy of the cache. A slug compiler that was killed may have left only `.old`. */
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
