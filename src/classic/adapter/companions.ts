import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildPlan, BuildPlanAlternative } from "../../cnb/build-plan.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { isDirectory, isFile } from "../../system/files.ts";
import type { PlanEntry } from "../../platform/lifecycle/plan-resolution.ts";

/** What other buildpacks would have put there before: programs on PATH, packages in the app. */
export async function companionsFound(app: string, path: string): Promise<string[]> {
  const [node, yarn, java, packages] = await Promise.all([
    isOnPath("node", path),
    isOnPath("yarn", path),
    isOnPath("java", path),
    isDirectory(join(app, "node_modules")),
  ]);
  return [
    ...(node ? ["node"] : []),
    ...(yarn ? ["yarn"] : []),
    ...(java ? ["jdk"] : []),
    ...(packages ? ["node_modules"] : []),
  ];
}

/**
 * Chooses the first alternative of a build plan of which everything is there that the buildpack does
 * not provide itself, and resolves it as a lifecycle would.
 *
 * @throws BuildpackError `classic/companion-missing` where each lacks something.
 */
export function resolveWith(
  found: readonly string[],
  plan: BuildPlan,
  buildpack: string,
): PlanEntry[] {
  const alternatives = [plan, ...plan.or];
  const fitting = alternatives.find((one) => missingFrom(found, one).length === 0);
  if (fitting) return entriesOf(fitting, buildpack);
  const least = alternatives.at(-1) ?? plan;
  const [name = ""] = missingFrom(found, least);
  const { add, tool } = companions[name] ?? { add: name, tool: name };
  throw new BuildpackError({ code: "classic/companion-missing", name, tool, add });
}

/**
 * Gives the app a Node where it needs one to run JavaScript and PATH has none: the one that runs us,
 * as a layer of its own.
 */
export async function installNode(layer: string, program: string, section: Section): Promise<void> {
  await mkdir(join(layer, "bin"), { recursive: true });
  await copyFile(program, join(layer, "bin/node"));
  await chmod(join(layer, "bin/node"), 0o755);
  section.say("Node, because the app needs one and PATH has none: the buildpack's own");
}

/** Warns of packages that somebody has to install before the app is compiled. */
export async function warnOfPackages(app: string, path: string, section: Section): Promise<void> {
  if (!(await isFile(join(app, "package.json")))) return;
  if (await isDirectory(join(app, "node_modules"))) return;
  if (await isOnPath("npm", path)) return;
  section.warn(
    "package.json: nobody has installed its packages, and there is no npm on PATH.",
    "Where assets need them, put Node's buildpack before this one: heroku buildpacks:add --index 1 heroku/nodejs",
  );
}

const companions: Readonly<Record<string, { tool: string; add: string }>> = {
  jdk: { tool: "java", add: "heroku/jvm" },
  node: { tool: "node", add: "heroku/nodejs" },
};

async function isOnPath(name: string, path: string): Promise<boolean> {
  const directories = path.split(":").filter((directory) => directory !== "");
  const found = await Promise.all(directories.map((directory) => isFile(join(directory, name))));
  return found.includes(true);
}

function missingFrom(found: readonly string[], { provides, requires }: BuildPlanAlternative) {
  const there = new Set([...found, ...provides.map(({ name }) => name)]);
  return requires.map(({ name }) => name).filter((name) => !there.has(name));
}

function entriesOf({ provides, requires }: BuildPlanAlternative, buildpack: string): PlanEntry[] {
  return provides.map(({ name }) => ({
    name,
    providers: [buildpack],
    requires: requires.filter((require) => require.name === name),
  }));
}
