import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildPlan, BuildPlanAlternative } from "../../cnb/build-plan.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { isDirectory, isFile } from "../../system/files.ts";
import { findProgram } from "../../system/search-path.ts";
import type { PlanEntry } from "../../platform/lifecycle/plan-resolution.ts";

/** What earlier buildpacks have installed: programs on PATH, and npm packages in the app. */
export async function companionsFound(app: string, path: string): Promise<string[]> {
  const [node, yarn, java, packages] = await Promise.all([
    findProgram("node", path),
    findProgram("yarn", path),
    findProgram("java", path),
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
 * Chooses the first alternative of a build plan whose requirements are all met, by the buildpack itself
 * or by what was found, and resolves it as a lifecycle would.
 *
 * @throws BuildpackError `classic/companion-missing` if every alternative lacks something.
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
 * Installs Node into a layer, for an app that needs it if PATH has none. It is the Node that runs this
 * buildpack.
 */
export async function installNode(layer: string, program: string, section: Section): Promise<void> {
  await mkdir(join(layer, "bin"), { recursive: true });
  await copyFile(program, join(layer, "bin/node"));
  await chmod(join(layer, "bin/node"), 0o755);
  section.say("Installing the buildpack's own Node: the app needs Node, and PATH has none");
}

/** Warns about npm packages that must be installed before the app is compiled. */
export async function warnOfPackages(app: string, path: string, section: Section): Promise<void> {
  if (!(await isFile(join(app, "package.json")))) return;
  if (await isDirectory(join(app, "node_modules"))) return;
  if (await findProgram("npm", path)) return;
  section.warn(
    "The packages of package.json are not installed, and there is no npm on PATH.",
    "If assets need them, add the Node buildpack before this one: heroku buildpacks:add --index 1 heroku/nodejs",
  );
}

const companions: Readonly<Record<string, { tool: string; add: string }>> = {
  jdk: { tool: "java", add: "heroku/jvm" },
  node: { tool: "node", add: "heroku/nodejs" },
};

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
