import type { BuildPlan, BuildPlanAlternative, Require } from "../../cnb/build-plan.ts";
import type { BuildpackPlan } from "../../cnb/buildpack-plan.ts";
import type { AppNeeds } from "./find-app.ts";

/**
 * The name of a way to get Node, carried by the requirement of `ruby`: at build, the plan entry of
 * `ruby` is the only one that we are given, so it is what tells which alternative was chosen.
 */
export type NodeProvider = (typeof nodeProviders)[number];

const nodeProviders = ["heroku/nodejs", "node-and-modules", "node", "none", "not-needed"] as const;

/** What a build plan is made of. */
export interface PlanNeeds extends AppNeeds {
  /** Whether the user wants Node and the app's packages when the app runs. */
  nodeAtLaunch: boolean;
}

/** The alternative that detection chose, or `undefined` where the plan does not tell. */
export function chosenNodeProvider({ entries }: BuildpackPlan): NodeProvider | undefined {
  const named = new Set(entries.map(({ metadata }) => metadata["node-provider"]));
  return nodeProviders.find((provider) => named.has(provider));
}

const contractBuildpacks = {
  node: "heroku/nodejs-engine",
  yarn: "heroku/nodejs-yarn",
  jdk: "heroku/jvm",
};

/**
 * The build plan of an app (contract: Detect). The requirements have different names at different
 * providers, so each set of names is an alternative, best first; the last asks for no Node at all,
 * so that an app with a `package.json` still builds where nobody provides it. Node itself is wanted at
 * launch where gems run JavaScript then; packages only where the user says so.
 */
export function planFor(needs: PlanNeeds): BuildPlan {
  const [first, ...others] = nodeAlternatives(needs).map(([provider, requires]) =>
    alternative(provider, needs, requires),
  );
  return { ...(first ?? alternative("not-needed", needs, [])), or: others };
}

function alternative(
  provider: NodeProvider,
  needs: PlanNeeds,
  node: readonly Require[],
): BuildPlanAlternative {
  const ruby: Require = {
    name: "ruby",
    metadata: { build: true, launch: true, "node-provider": provider },
  };
  return { provides: [{ name: "ruby" }], requires: [ruby, ...javaRequires(needs), ...node] };
}

function javaRequires({ jruby }: AppNeeds): Require[] {
  if (!jruby) return [];
  return [require("jdk", contractBuildpacks.jdk, { launch: true })];
}

function nodeAlternatives(needs: PlanNeeds): [NodeProvider, Require[]][] {
  const { packageJson, yarnLock, execJs, nodeAtLaunch } = needs;
  if (!packageJson && !yarnLock && !execJs) return [["not-needed", []]];
  const named = [
    ...(packageJson || !yarnLock ? [contractBuildpacks.node] : []),
    ...(yarnLock ? [contractBuildpacks.yarn] : []),
  ];
  const heroku = named.map((name) => require("heroku/nodejs", name, { skip_pruning: true }));
  const node = require("node", contractBuildpacks.node, atLaunch(execJs || nodeAtLaunch));
  const yarn = yarnLock ? [require("yarn", contractBuildpacks.yarn)] : [];
  const installer = named.at(-1) ?? contractBuildpacks.node;
  const modules = require("node_modules", installer, atLaunch(nodeAtLaunch));
  const withModules: [NodeProvider, Require[]] = ["node-and-modules", [node, ...yarn, modules]];
  return [
    ["heroku/nodejs", heroku],
    ...(packageJson || yarnLock ? [withModules] : []),
    ["node", [node, ...yarn]],
    ["none", []],
  ];
}

function atLaunch(wanted: boolean): Record<string, unknown> {
  return wanted ? { launch: true } : {};
}

function require(name: string, buildpack: string, metadata: Record<string, unknown> = {}): Require {
  return { name, metadata: { build: true, buildpack, ...metadata } };
}
