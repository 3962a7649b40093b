import { readTarget } from "../src/cnb/target.ts";
import { BuildpackError } from "../src/failure.ts";
import type { BuildFlags } from "../src/cli/build-options.ts";
import { runProgram } from "../src/cli/program.ts";
import { readGivenVariables } from "../src/platform/inputs/given-variables.ts";
import { ensureMirror } from "./mirror/mirror.ts";
import { ensureTools, toolsForGems } from "./debian/toolchain.ts";
import { Unavailable } from "./unavailable.ts";
import { askUpstream } from "./upstream.ts";
import { wantedJemalloc, wantedRuby, type WantedRuby } from "./wanted-ruby.ts";
import { environment, withWork, type Work } from "./work.ts";

/**
 * Prepares this machine for `lapidary build`: installs missing compilers if it may, and makes a mirror of
 * the app's Ruby if upstream's hosts cannot be reached.
 *
 * @param args - The whole command line, beginning with `build`.
 * @returns options to add to it.
 */
export async function prepareBuild(
  args: readonly string[],
  buildpackDir: string,
): Promise<string[]> {
  const build = await readBuild(args, buildpackDir);
  if (!build) return [];
  return await withWork("Quick start", async (work) => {
    await tolerateAbsence(work, async () => await ensureTools(work, [...toolsForGems, "bzip2"]));
    return await chooseOrigin(work, build, buildpackDir);
  });
}

interface Build {
  ruby: WantedRuby;
  /** The user's `BP_INVENTORY`, from the environment or the command line. */
  inventory: { value: string; addition: string[] } | undefined;
}

/**
 * The build that the command line describes; `undefined` if it is invalid, because the command has a better
 * error message, and for a build in another root file system, which does not see our tools and files.
 */
async function readBuild(
  args: readonly string[],
  buildpackDir: string,
): Promise<Build | undefined> {
  try {
    const typed = await readBuildLine(args);
    if (typed?.flags.buildRoot !== "/") return undefined;
    const env = environment();
    const { env: lines, envFile: envFiles } = typed.flags;
    const variables = await readGivenVariables({ env: lines, envFiles }, env);
    const ruby = await wantedRuby(typed.app, buildpackDir, variables);
    if (!ruby) return undefined;
    const given = variables["BP_INVENTORY"];
    if (given) return { ruby, inventory: { value: given, addition: [] } };
    const ours = env["BP_INVENTORY"];
    if (!ours) return { ruby, inventory: undefined };
    return { ruby, inventory: { value: ours, addition: ["--env", `BP_INVENTORY=${ours}`] } };
  } catch (error) {
    if (error instanceof BuildpackError) return undefined;
    throw error;
  }
}

/** The app and options of a `build` command line; `undefined` for `build --help`. */
async function readBuildLine(
  args: readonly string[],
): Promise<{ app: string; flags: BuildFlags } | undefined> {
  let typed: { app: string; flags: BuildFlags } | undefined;
  const ignore = async () => 0;
  const build = async (app: string, flags: BuildFlags) => {
    typed = { app, flags };
    return 0;
  };
  const others = {
    run: ignore,
    doctor: ignore,
    rebase: ignore,
    inspect: ignore,
    slug: ignore,
    slugRun: ignore,
    artifact: ignore,
    package: ignore,
  };
  await runProgram(args, { build, ...others }, { version: "", write: () => {} });
  return typed;
}

async function chooseOrigin(
  work: Work,
  { ruby, inventory }: Build,
  buildpackDir: string,
): Promise<string[]> {
  const { section } = work;
  if (inventory) {
    section.say(`Ruby \`${ruby.version}\` comes from \`BP_INVENTORY\`: \`${inventory.value}\``);
    return inventory.addition;
  }
  const upstream = await askUpstream(work, ruby, await readTarget({}), buildpackDir);
  const { version } = upstream;
  if (upstream.state === "has it") {
    section.say(`Ruby \`${version}\` comes from \`${upstream.host}\``);
    return [];
  }
  section.say(`Ruby \`${version}\` cannot be downloaded: ${upstream.why}`);
  const exact = { ...ruby, version };
  return (
    (await tolerateAbsence(work, async () => await fromMirror(work, exact, buildpackDir))) ?? []
  );
}

async function fromMirror(
  work: Work,
  { name, version }: WantedRuby,
  buildpackDir: string,
): Promise<string[]> {
  const jemallocs = [await wantedJemalloc(buildpackDir)];
  const wanted = name === "jruby" ? { jrubies: [version] } : { rubies: [version], jemallocs };
  const { directory, inventory, missing } = await ensureMirror(work, wanted);
  const ruby = missing.find((lacking) => lacking.name === name);
  if (ruby) throw new Unavailable(`A mirror cannot be made either: ${ruby.why}`);
  for (const { why } of missing) work.section.warn(`The mirror has no jemalloc: ${why}`);
  work.section.say(`It comes from a mirror on this machine instead: \`${directory}\``);
  return ["--env", `BP_INVENTORY=${inventory}`];
}

/** Warns if something is not available, and continues: an unchanged build does not need it. */
async function tolerateAbsence<T>(work: Work, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Unavailable) || work.signal.aborted) throw error;
    work.section.warn(
      error.message,
      "Continuing without it: a build without changes does not need it.",
    );
    return undefined;
  }
}
