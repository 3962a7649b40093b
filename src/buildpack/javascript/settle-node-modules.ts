import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import type { JavaScript } from "./check-javascript.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { whatHappened } from "../../output/print-failure.ts";
import type { PackageManager } from "../../ruby/package-manager.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import { findProgram } from "../../system/search-path.ts";
import { childEnvironment } from "../environment/child-environment.ts";
import { withTrustedCertificates } from "../gems/trust-certificates.ts";

/**
 * Leaves the app's `node_modules` as the running app is to have them: without development
 * dependencies, unless `BP_NODE_MODULES` says otherwise. What lies in a layer of another buildpack is
 * that buildpack's, and is not touched.
 *
 * @throws BuildpackError `node/prune-failed`, where `BP_NODE_MODULES=prune` asks for it.
 */
export async function settleNodeModules(
  context: BuildContext,
  { dir, manager }: JavaScript,
): Promise<void> {
  const directory = join(dir, "node_modules");
  const entry = await lstatIfAny(directory);
  if (entry === undefined) return;
  await context.printer.section("Node packages", async (section) => {
    if (entry.isSymbolicLink()) {
      section.say(
        `Left as they are: \`node_modules\` is a link to \`${await readlink(directory)}\``,
      );
      return;
    }
    const wish = context.settings.BP_NODE_MODULES;
    if (wish === "keep") section.say("Kept, because `BP_NODE_MODULES` asks for it");
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
  /** Whether the user asked for it, so that a build that cannot do it must fail. */
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
  "They become part of the image. BP_NODE_MODULES=remove takes all packages out, and BP_NODE_MODULES=keep says that they are wanted.";

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
  if (elsewhere !== undefined) throw failure(`they lie elsewhere: \`${elsewhere}\``);
  await runPrune(context, { name, prune, cwd: dirname(directory) }, section);
  for (const kept of forNextRun) await removeTree(join(directory, kept));
  section.detail("`BP_NODE_MODULES=remove` leaves all packages out of the image");
}

/**
 * What bundlers and pnpm keep for their next run, which starts from a new `node_modules`. pnpm's holds
 * the time of the build, so that no two images would be the same.
 */
const forNextRun = [".cache", ".modules.yaml", ".pnpm-workspace-state-v1.json"];

async function runPrune(
  context: BuildContext,
  { name, prune, cwd }: { name: string; prune: readonly string[]; cwd: string },
  section: Section,
): Promise<void> {
  const command = [name, ...prune].join(" ");
  await withTrustedCertificates(context, async (trusted) => {
    // Without it, some ask before they remove anything.
    const env = { CI: "true", ...childEnvironment(context.env).env, ...trusted };
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

/** A package that is a link out of the app, as pnpm's are where its store is a layer. */
async function findLinkElsewhere(directory: string, appDir: string): Promise<string | undefined> {
  const home = await realpath(appDir);
  for (const path of await packagesIn(directory)) {
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const target = await realpath(path).catch(() => undefined);
    if (target !== undefined && !target.startsWith(`${home}/`)) return target;
  }
  return undefined;
}

/** The entries of `node_modules`, and those of its scopes. */
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
