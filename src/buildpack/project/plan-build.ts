import type { BuildPlan, BuildPlanAlternative, Require } from "../../cnb/build-plan.ts";
import type { BuildpackPlan } from "../../cnb/buildpack-plan.ts";
import type { AppNeeds } from "./find-app.ts";

/**
 * The name of a way to get Node. It is part of the metadata of the requirement `ruby`: during the build, we
 * see only the plan entry `ruby`, and it tells us which alternative was chosen.
 */
export type NodeProvider = (typeof nodeProviders)[number];

const nodeProviders = ["heroku/nodejs", "node-and-modules", "node", "none", "not-needed"] as const;

/** What decides the build plan. */
export interface PlanNeeds extends AppNeeds {
  /** Whether the user wants Node and the app's packages when the app runs. */
  nodeAtLaunch: boolean;
}

/** The alternative that detection chose, or `undefined` if the plan does not say. */
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
 * The build plan of an app (contract: Detect). Providers of Node use different names, so each set of names
 * is an alternative, the best one first. The last alternative requires no Node, so that an app with a
 * `package.json` also builds without a Node buildpack. Node is required at launch if gems run JavaScript
 * then, and packages if the user asks for them.
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
