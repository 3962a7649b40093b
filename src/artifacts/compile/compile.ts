import { basename, join } from "node:path";
import glob from "fast-glob";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import type { Artifact } from "../artifact.ts";
import { jemallocRecipe } from "./compile-jemalloc.ts";
import { rubyRecipe } from "./compile-ruby.ts";
import { hasTool, preflight } from "./preflight.ts";
import type { Recipe } from "./recipe.ts";
import { findSharedLibraries } from "../shared-libraries.ts";
import { toolEnvironment } from "../tool-environment.ts";
import { ownToolchain, requirementIn, toolIn, type Toolchain } from "./toolchain.ts";

export interface CompileRequest {
  artifact: Artifact;
  /** The directory of the unpacked source. */
  source: string;
  /** Its final directory. It is installed below `root` first. */
  destination: string;
  /** A directory that replaces `/` during the installation. */
  root: string;
}

export interface CompileContext {
  section: Section;
  run: RunCommand;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  cpus: number;
  /** By default, the machine's own tools. */
  toolchain?: Toolchain;
}

/**
 * Checks, before anything is downloaded, that the build image can compile an artifact.
 *
 * @throws BuildpackError `compile/tools-missing`.
 */
export async function checkCompilable(artifact: Artifact, context: CompileContext): Promise<void> {
  const { name, version } = artifact;
  const { run, toolchain = ownToolchain } = context;
  const needed = recipeFor(artifact).requirements(artifact);
  const requirements = needed.map((requirement) => requirementIn(toolchain, requirement));
  const env = toolEnvironment(context.env);
  const compiler = toolIn(toolchain, "cc");
  await preflight({ name, version, requirements }, { run, env, compiler });
}

/**
 * Compiles source and installs it below `root`. Resolves to the directory of the installed tree. Prints the
 * shared libraries that the run image must have.
 *
 * @throws BuildpackError `compile/failed` with the last lines; `compile/incomplete`;
 *   `compile/library-missing`; `system/disk-full`.
 */
export async function compile(request: CompileRequest, context: CompileContext): Promise<string> {
  const { artifact, destination, root } = request;
  const recipe = recipeFor(artifact);
  const { arch, cross } = context.toolchain ?? ownToolchain;
  // `rustc` compiles only for this machine.
  const hasRustc = !cross && (await hasTool("rustc", context));
  const machine = { arch, hasRustc, ...(cross ? { cross } : {}) };
  const systems = cross ? [`--build=${cross.build}`, `--host=${cross.host}`] : [];
  const options = [`--prefix=${destination}`, ...systems, ...recipe.configure(machine)];
  const configured = await runStep("./configure", options, request, context);
  printRemarks(recipe.remarks(machine, configured), recipe.loss(artifact), context);
  await runStep("make", [`-j${context.cpus}`, ...recipe.build], request, context);
  await runStep("make", [...recipe.install, `DESTDIR=${root}`], request, context);
  const tree = join(root, destination);
  await checkProducts(artifact, recipe.products, tree);
  await reportSharedLibraries(artifact, tree, context);
  return tree;
}

function printRemarks(
  remarks: readonly string[],
  loss: string | undefined,
  { section }: CompileContext,
): void {
  for (const remark of remarks) {
    if (loss === undefined) section.say(remark);
    else section.warn(`${remark}. ${loss}.`);
  }
}

const recipes: Readonly<Record<string, Recipe>> = { ruby: rubyRecipe, jemalloc: jemallocRecipe };

function recipeFor({ name }: Artifact): Recipe {
  const recipe = recipes[name];
  if (!recipe) throw new Error(`no recipe compiles ${name}`);
  return recipe;
}

/** Resolves to the command's output, line by line. */
async function runStep(
  file: string,
  args: string[],
  { artifact, source }: CompileRequest,
  context: CompileContext,
): Promise<string[]> {
  const { section, run, signal } = context;
  const command = [file, ...args].join(" ");
  const { exitCode, lines } = await section.timed(`Running \`${command}\``, async () => {
    const env = toolEnvironment(context.env);
    const onLine = (line: string) => section.debug(line);
    return await run({ file, args, cwd: source, env, onLine, signal });
  });
  signal.throwIfAborted();
  if (exitCode === 0) return lines;
  if (lines.some((line) => line.includes("No space left on device"))) {
    throw new BuildpackError({ code: "system/disk-full", path: source });
  }
  const { name, version } = artifact;
  const last = lines.slice(-linesShown);
  throw new BuildpackError({ code: "compile/failed", name, version, command, lines: last });
}

const linesShown = 30;

async function checkProducts(
  { name, version }: Artifact,
  products: readonly string[],
  tree: string,
): Promise<void> {
  const patterns = products.map((product) => `**/${product}`);
  const found = await glob(patterns, { cwd: tree, onlyFiles: false });
  const names = new Set(found.map((path) => basename(path)));
  const missing = products.filter((product) => !names.has(product));
  if (missing.length === 0) return;
  throw new BuildpackError({ code: "compile/incomplete", name, version, missing });
}

async function reportSharedLibraries(
  artifact: Artifact,
  tree: string,
  context: CompileContext,
): Promise<void> {
  const { needed, missing } = await findSharedLibraries(tree, context);
  if (missing.length > 0) {
    const { name, version } = artifact;
    throw new BuildpackError({
      code: "compile/library-missing",
      name,
      version,
      libraries: missing,
    });
  }
  if (needed.length === 0) return;
  const names = needed.map((library) => `\`${library}\``).join(", ");
  context.section.detail(`The run image must have ${names}`);
}
