import { readTarget } from "../src/cnb/target.ts";
import { BuildpackError } from "../src/failure.ts";
import { parseCommandLine } from "../src/cli/command-line.ts";
import { readGivenVariables } from "../src/platform/inputs/given-variables.ts";
import { ensureMirror } from "./mirror.ts";
import { ensureTools, toolsForGems } from "./toolchain.ts";
import { Unavailable } from "./unavailable.ts";
import { askUpstream } from "./upstream.ts";
import { wantedJemalloc, wantedRuby, type WantedRuby } from "./wanted-ruby.ts";
import { environment, withWork, type Work } from "./work.ts";

/**
 * Prepares this machine for `lapidary build`: installs compilers where they are missing and may be
 * installed, and where upstream's hosts cannot be reached makes a mirror of the Ruby that the app
 * wants.
 *
 * @param args - The whole command line, `build` first.
 * @returns what is to be added at its end.
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
  /** What the user gave as `BP_INVENTORY`, in the environment or on the command line. */
  inventory: { value: string; addition: string[] } | undefined;
}

/**
 * What the command line asks for; `undefined` for what the command itself refuses with better words,
 * and for a build in another root file system, which has its own tools and does not see ours.
 */
async function readBuild(
  args: readonly string[],
  buildpackDir: string,
): Promise<Build | undefined> {
  try {
    const line = parseCommandLine(args);
    if (line.command !== "build" || line.buildRoot !== "/") return undefined;
    const ruby = await wantedRuby(line.app, buildpackDir);
    if (!ruby) return undefined;
    const env = environment();
    const given = (await readGivenVariables(line, env))["BP_INVENTORY"];
    if (given) return { ruby, inventory: { value: given, addition: [] } };
    const ours = env["BP_INVENTORY"];
    if (!ours) return { ruby, inventory: undefined };
    return { ruby, inventory: { value: ours, addition: ["--env", `BP_INVENTORY=${ours}`] } };
  } catch (error) {
    if (error instanceof BuildpackError) return undefined;
    throw error;
  }
}

async function chooseOrigin(
  work: Work,
  { ruby, inventory }: Build,
  buildpackDir: string,
): Promise<string[]> {
  const { section } = work;
  if (inventory) {
    section.say(`Ruby \`${ruby.version}\` comes as \`BP_INVENTORY\` says: \`${inventory.value}\``);
    return inventory.addition;
  }
  const upstream = await askUpstream(work, ruby, await readTarget({}), buildpackDir);
  if (upstream.state === "has it") {
    section.say(`Ruby \`${ruby.version}\` comes from upstream: \`${upstream.host}\` has it`);
    return [];
  }
  section.say(`Ruby \`${ruby.version}\` cannot come from upstream: ${upstream.why}`);
  return (
    (await tolerateAbsence(work, async () => await fromMirror(work, ruby, buildpackDir))) ?? []
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
  if (ruby) throw new Unavailable(`No mirror either: ${ruby.why}`);
  for (const { why } of missing) work.section.warn(`No jemalloc in the mirror: ${why}`);
  work.section.say(`It comes from a mirror instead, made on this machine: \`${directory}\``);
  return ["--env", `BP_INVENTORY=${inventory}`];
}

/** Says what is not to be had and goes on: a build that finds nothing changed needs none of it. */
async function tolerateAbsence<T>(work: Work, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Unavailable) || work.signal.aborted) throw error;
    work.section.warn(
      error.message,
      "Going on, since a build that finds nothing changed needs no more.",
    );
    return undefined;
  }
}
