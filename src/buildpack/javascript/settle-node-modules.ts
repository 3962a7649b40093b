import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { whatHappened } from "../../output/print-failure.ts";
import type { PackageManager } from "../../ruby/package-manager.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import { findProgram } from "../../system/search-path.ts";
import { withNetworkEnvironment } from "../environment/environment.ts";
import type { Packages } from "./packages.ts";

/**
 * Removes development dependencies from the app's `node_modules`, or does what `BP_NODE_MODULES` says.
 * Packages in layers of other buildpacks are not touched.
 *
 * @throws BuildpackError `node/prune-failed`, if the user has set `BP_NODE_MODULES=prune`.
 */
export async function settleNodeModules(
  context: BuildContext,
  { dir, manager }: Pick<Packages, "dir" | "manager">,
): Promise<void> {
  const directory = join(dir, "node_modules");
  const entry = await lstatIfAny(directory);
  if (entry === undefined) return;
  await context.printer.section("Node packages", async (section) => {
    if (entry.isSymbolicLink()) {
      section.say(`Not changed: \`node_modules\` is a link to \`${await readlink(directory)}\``);
      return;
    }
    const wish = context.settings.BP_NODE_MODULES;
    if (wish === "keep") section.say("Kept, because `BP_NODE_MODULES` is `keep`");
    else if (wish === "remove") await remove(directory, section);
    else await prune(context, { directory, manager, asked: wish === "prune" }, section);
  });
}

async function remove(directory: string, section: Section): Promise<void> {
  await section.timed("Removing `node_modules`", async () => await removeTree(directory));
}

interface Pruning {
  directory: string;
  manager: PackageManager | undefined;
  /** Whether the user asked for it: the build then fails if it is not possible. */
  asked: boolean;
}

async function prune(context: BuildContext, pruning: Pruning, section: Section): Promise<void> {
  try {
    await pruneOrThrow(context, pruning, section);
  } catch (error) {
    if (pruning.asked || !(error instanceof BuildpackError)) throw error;
    section.warn(...whatHappened(error.failure), leftIn);
  }
}

const leftIn =
  "They become part of the image. To leave out all packages, set BP_NODE_MODULES=remove. To keep them without this warning, set BP_NODE_MODULES=keep.";

async function pruneOrThrow(
  context: BuildContext,
  { directory, manager }: Pruning,
  section: Section,
): Promise<void> {
  if (manager === undefined)
    throw failure("the app has no `package.json` and no lockfile for them");
  const { name, prune } = manager;
  if (prune === undefined) throw failure(`\`${name}\` has no command for that`);
  if ((await findProgram(name, context.env["PATH"])) === undefined) {
    throw failure(
      `\`${name}\`, which \`${manager.chosenBy}\` asks for, is not on the build's PATH`,
    );
  }
  const elsewhere = await findLinkElsewhere(directory, context.input.appDir);
  if (elsewhere !== undefined)
    throw failure(`some packages are links to files outside the app: \`${elsewhere}\``);
  await runPrune(context, { name, prune, cwd: dirname(directory) }, section);
  for (const kept of forNextRun) await removeTree(join(directory, kept));
  section.detail("To leave all packages out of the image, set `BP_NODE_MODULES=remove`");
}

/**
 * Caches of bundlers and of pnpm for their next run, which nobody will use. pnpm's contains the time of
 * the build, so two images would never be the same.
 */
const forNextRun = [".cache", ".modules.yaml", ".pnpm-workspace-state-v1.json"];

async function runPrune(
  context: BuildContext,
  { name, prune, cwd }: { name: string; prune: readonly string[]; cwd: string },
  section: Section,
): Promise<void> {
  const command = [name, ...prune].join(" ");
  await withNetworkEnvironment(context, async ({ packageManager: env }) => {
    const { exitCode, lines } = await section.timed(`Running \`${command}\``, () =>
      context.run({ file: name, args: prune, cwd, env }),
    );
    if (exitCode === 0) return;
    for (const line of lines) section.output(line);
    throw failure(`\`${command}\` ended with exit code ${exitCode}`);
  });
}

function failure(because: string): BuildpackError {
  return new BuildpackError({ code: "node/prune-failed", because });
}

/** A package that is a link to a place outside the app, such as a layer with pnpm's store. */
async function findLinkElsewhere(directory: string, appDir: string): Promise<string | undefined> {
  const home = await realpath(appDir);
  for (const path of await packagesIn(directory)) {
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const target = await realpath(path).catch(() => undefined);
    if (target !== undefined && !target.startsWith(`${home}/`)) return target;
  }
  return undefined;
}

/** The packages in `node_modules`, those in scopes included. */
async function packagesIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).sort();
  const nested = await Promise.all(
    names
      .filter((name) => name.startsWith("@"))
      .map(async (scope) => {
        const inScope = await readdir(join(directory, scope)).catch(() => []);
        return inScope.sort().map((name) => join(scope, name));
      }),
  );
  return [...names, ...nested.flat()].map((name) => join(directory, name));
}
