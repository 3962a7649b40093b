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
import { ownToolchain, requirementIn, toolIn, type Toolchain } from "./toolchain.ts";

export interface CompileRequest {
  artifact: Artifact;
  /** Where the source is unpacked. */
  source: string;
  /** Where it will stand; it is installed below `root` first. */
  destination: string;
  /** A directory that takes the place of `/`. */
  root: string;
}

export interface CompileContext {
  section: Section;
  run: RunCommand;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  cpus: number;
  /** The machine's own, unless stated. */
  toolchain?: Toolchain;
}

/**
 * Fails before a download where the build image cannot compile an artifact.
 *
 * @throws BuildpackError `compile/tools-missing`.
 */
export async function checkCompilable(artifact: Artifact, context: CompileContext): Promise<void> {
  const { name, version } = artifact;
  const { run, toolchain = ownToolchain } = context;
  const needed = recipeFor(artifact).requirements(artifact);
  const requirements = needed.map((requirement) => requirementIn(toolchain, requirement));
  const env = compilerEnvironment(context.env);
  const compiler = toolIn(toolchain, "cc");
  await preflight({ name, version, requirements }, { run, env, compiler });
}

/**
 * Compiles a source and installs it below `root`; resolves to the installed tree. The log names the
 * shared libraries that the run image must have.
 *
 * @throws BuildpackError `compile/failed` with the last lines; `compile/incomplete`;
 *   `compile/library-missing`; `system/disk-full`.
 */
export async function compile(request: CompileRequest, context: CompileContext): Promise<string> {
  const { artifact, destination, root } = request;
  const recipe = recipeFor(artifact);
  const { arch, cross } = context.toolchain ?? ownToolchain;
  // A `rustc` compiles for the machine that it runs on.
  const hasRustc = !cross && (await hasTool("rustc", context));
  const machine = { arch, hasRustc, ...(cross ? { cross } : {}) };
  const systems = cross ? [`--build=${cross.build}`, `--host=${cross.host}`] : [];
  const options = [`--prefix=${destination}`, ...systems, ...recipe.configure(machine)];
  const configured = await runStep("./configure", options, request, context);
  for (const remark of recipe.remarks(machine, configured)) context.section.say(remark);
  await runStep("make", [`-j${context.cpus}`, ...recipe.build], request, context);
  await runStep("make", [...recipe.install, `DESTDIR=${root}`], request, context);
  const tree = join(root, destination);
  await checkProducts(artifact, recipe.products, tree);
  await reportSharedLibraries(artifact, tree, context);
  return tree;
}

const recipes: Readonly<Record<string, Recipe>> = { ruby: rubyRecipe, jemalloc: jemallocRecipe };

function recipeFor({ name }: Artifact): Recipe {
  const recipe = recipes[name];
  if (!recipe) throw new Error(`no recipe compiles ${name}`);
  return recipe;
}

/** Resolves to what the command said, line by line. */
async function runStep(
  file: string,
  args: string[],
  { artifact, source }: CompileRequest,
  context: CompileContext,
): Promise<string[]> {
  const { section, run, signal } = context;
  const command = [file, ...args].join(" ");
  const { exitCode, lines } = await section.timed(`Running \`${command}\``, async () => {
    const env = compilerEnvironment(context.env);
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

/**
 * What a compiler needs and nothing else, so that flags meant for an app's gems, or settings of a Ruby
 * that is already there, change nothing in what is built.
 */
function compilerEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => compilerVariables.has(name));
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

// The paths are where other buildpacks put headers and libraries; the last are where `rustc` is found.
const compilerVariables = new Set([
  "PATH",
  "HOME",
  "TMPDIR",
  "CPATH",
  "C_INCLUDE_PATH",
  "LIBRARY_PATH",
  "LD_LIBRARY_PATH",
  "PKG_CONFIG_PATH",
  "CARGO_HOME",
  "RUSTUP_HOME",
  "RUSTUP_TOOLCHAIN",
]);

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
