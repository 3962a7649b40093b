import type { BuildPlan, BuildPlanAlternative, Require } from "../../cnb/build-plan.ts";
import type { AppNeeds } from "./find-app.ts";

/**
 * The name of a way to get Node, carried by the requirement of `ruby`: at build, the plan entry of
 * `ruby` is the only one that we are given, so it is what tells which alternative was chosen.
 */
export type NodeProvider = "heroku/nodejs" | "node-and-modules" | "node" | "none" | "not-needed";

const contractBuildpacks = {
  node: "heroku/nodejs-engine",
  yarn: "heroku/nodejs-yarn",
  jdk: "heroku/jvm",
};

/**
 * The build plan of an app (contract: Detect). The requirements have different names at different
 * providers, so each set of names is an alternative, best first; the last asks for no Node at all,
 * so that an app with a `package.json` still builds where nobody provides it.
 */
export function planFor(needs: AppNeeds): BuildPlan {
  const [first, ...others] = nodeAlternatives(needs).map(([provider, requires]) =>
    alternative(provider, needs, requires),
  );
  return { ...(first ?? alternative("not-needed", needs, [])), or: others };
}

function alternative(
  provider: NodeProvider,
  needs: AppNeeds,
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

function nodeAlternatives(needs: AppNeeds): [NodeProvider, Require[]][] {
  if (!needs.packageJson && !needs.yarnLock) return [["not-needed", []]];
  const named = [
    ...(needs.packageJson ? [contractBuildpacks.node] : []),
    ...(needs.yarnLock ? [contractBuildpacks.yarn] : []),
  ];
  const heroku = named.map((name) => require("heroku/nodejs", name, { skip_pruning: true }));
  const node = require("node", contractBuildpacks.node);
  const yarn = needs.yarnLock ? [require("yarn", contractBuildpacks.yarn)] : [];
  const modules = require("node_modules", named.at(-1) ?? contractBuildpacks.node);
  return [
    ["heroku/nodejs", heroku],
    ["node-and-modules", [node, ...yarn, modules]],
    ["node", [node, ...yarn]],
    ["none", []],
  ];
}

function require(name: string, buildpack: string, metadata: Record<string, unknown> = {}): Require {
  return { name, metadata: { build: true, buildpack, ...metadata } };
}
