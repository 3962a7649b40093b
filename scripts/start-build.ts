import { parseArgs } from "node:util";
import { readTarget } from "../src/cnb/target.ts";
import { readTextIfAny } from "../src/system/files.ts";
import { ensureMirror } from "./mirror.ts";
import { ensureTools, toolsForGems } from "./toolchain.ts";
import { Unavailable } from "./unavailable.ts";
import { askUpstream } from "./upstream.ts";
import { wantedRuby, type WantedRuby } from "./wanted-ruby.ts";
import { withWork, type Work } from "./work.ts";

/**
 * Prepares this machine for `lapidary build`: installs compilers where they are missing and may be
 * installed, and where upstream's hosts cannot be reached makes a mirror of the Ruby that the app
 * wants.
 *
 * @param args - What follows `build` on the command line.
 * @returns what is to be put before it.
 */
export async function prepareBuild(
  args: readonly string[],
  buildpackDir: string,
): Promise<string[]> {
  const { app, root, inventoryGiven } = await readArguments(args);
  const ruby = app === undefined ? undefined : await wantedRuby(app, buildpackDir);
  if (!ruby) return [];
  return await withWork("Quick start", async (work) => {
    if (root === "/") await toleratingAbsence(work, () => ensureTools(work, toolsForGems));
    const own = work.env["BP_INVENTORY"];
    if (inventoryGiven || own) {
      work.section.say("Artifacts come as `BP_INVENTORY` says");
      return inventoryGiven ? [] : ["--env", `BP_INVENTORY=${own}`];
    }
    return await chooseOrigin(work, ruby, root, buildpackDir);
  });
}

/** Options of `lapidary build` that take a value: what follows one of them is not the app. */
const value = { type: "string", multiple: true } as const;
const optionsWithValue = {
  binding: value,
  "build-root": value,
  buildpack: value,
  env: value,
  "env-file": value,
  "platform-api": value,
  report: value,
  "run-root": value,
  state: value,
  volume: value,
};

async function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: optionsWithValue,
    allowPositionals: true,
    // What else the command takes is its own business.
    strict: false,
  });
  const texts = (given: readonly (string | boolean)[] = []) => given.map(String);
  const files = texts(values["env-file"]).map(async (path) => await readTextIfAny(path));
  const given = [...texts(values.env), ...(await Promise.all(files))];
  return {
    app: positionals[0],
    root: texts(values["build-root"]).at(-1) ?? "/",
    inventoryGiven: given.some((text) => text && /^\s*BP_INVENTORY(=|$)/m.test(text)),
  };
}

async function chooseOrigin(
  work: Work,
  ruby: WantedRuby,
  root: string,
  buildpackDir: string,
): Promise<string[]> {
  const target = await readTarget({}, { root });
  const upstream = await askUpstream(work, ruby, target, buildpackDir);
  if (upstream.state === "reachable") {
    work.section.say(`Ruby \`${ruby.version}\` comes from upstream: \`${upstream.host}\` has it`);
    return [];
  }
  work.section.say(`Upstream has no Ruby \`${ruby.version}\` for us: ${upstream.why}`);
  return (await toleratingAbsence(work, () => fromMirror(work, ruby))) ?? [];
}

/** Where the mirror stands for the build, whose own file system hides our cache. */
const mirrorInside = "/mnt/mirror";

async function fromMirror(work: Work, { name, version }: WantedRuby): Promise<string[]> {
  if (name !== "ruby") throw new Unavailable(`Debian's sources have no ${name}`);
  const { directory, inventoryAt, missing } = await ensureMirror(work, { rubies: [version] });
  for (const { why } of missing) throw new Unavailable(why);
  work.section.say(`Ruby \`${version}\` comes from a mirror made from Debian's sources instead`);
  work.section.detail(`\`${directory}\``);
  const inventory = `BP_INVENTORY=${inventoryAt(mirrorInside)}`;
  return ["--volume", `${directory}:${mirrorInside}:ro`, "--env", inventory];
}

/** Says what is not to be had and goes on: a build that finds nothing changed needs none of it. */
async function toleratingAbsence<T>(work: Work, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Unavailable) || work.signal.aborted) throw error;
    work.section.warn(
      error.message,
      "Going on: a build that finds nothing changed needs none of it.",
    );
    return undefined;
  }
}
