import type { Messages } from "./message.ts";

/** What an app's JavaScript needs from other buildpacks. */
export const nodeMessages: Messages<"node"> = {
  "node/missing": ({ gems, packageJson, manager, skippedBy }) => ({
    headline: "The app's assets need Node, which this build does not have",
    happened: [
      `The lockfile has ${listed(gems)}: precompiling assets runs Node. Neither \`node\` nor \`bun\` is on the build's PATH.`,
      packageJson
        ? "The app has a `package.json`, but no buildpack before this one provides Node."
        : "The app has no `package.json`, so Node buildpacks skip it.",
    ],
    next: [
      ...(packageJson ? [] : ["Add a `package.json` with the app's packages to the app."]),
      ...nodeBuildpacks(manager),
      ...withoutBundling(skippedBy),
    ],
    blame: "configuration",
  }),
  "node/package-manager-missing": ({ manager, chosenBy, gem, skippedBy }) => ({
    headline: `The app's assets need \`${manager}\`, which this build does not have`,
    happened: [
      `The app has a \`${chosenBy}\`, so ${gem} runs \`${manager}\` to precompile assets. It is not on the build's PATH.`,
    ],
    next: [...nodeBuildpacks(manager), ...withoutBundling([skippedBy])],
    blame: "configuration",
  }),
  "node/prune-failed": ({ because }) => ({
    headline: "Development packages could not be removed from `node_modules`",
    happened: [`Reason: ${because}.`],
    next: [
      "BP_NODE_MODULES=remove   # deletes `node_modules`, if the running app does not need Node",
      "BP_NODE_MODULES=keep     # keeps all packages",
    ],
    blame: "configuration",
  }),
};

function nodeBuildpacks(manager: string): string[] {
  const installers = paketoInstallers[manager] ?? [];
  const paketo = ["node-engine", ...installers].map((name) => `paketo-buildpacks/${name}`);
  return [
    `${inOrder(["heroku/nodejs"])}   # with Heroku's builders`,
    ...(installers.length > 0 ? [`${inOrder(paketo)}   # with Paketo's builders`] : []),
    "If the builder does not contain lapidary/ruby, pass its .cnb file instead. In a builder of your own, put the same buildpacks before lapidary/ruby in its order.",
  ];
}

const paketoInstallers: Record<string, string[]> = {
  npm: ["npm-install"],
  yarn: ["yarn", "yarn-install"],
};

function inOrder(buildpacks: readonly string[]): string {
  return [...buildpacks, "lapidary/ruby"].map((name) => `--buildpack ${name}`).join(" ");
}

function withoutBundling(skippedBy: readonly string[]): string[] {
  return [
    `If the app already contains its bundles, set ${skippedBy.join(" ")} for the build, or BP_RAILS_SKIP_ASSETS=true to precompile nothing.`,
  ];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
