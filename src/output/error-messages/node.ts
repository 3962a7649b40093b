import type { Messages } from "./message.ts";

/** What an app's JavaScript needs of other buildpacks. */
export const nodeMessages: Messages<"node"> = {
  "node/missing": ({ gems, packageJson, manager, skippedBy }) => ({
    headline: "The app's assets need Node, and this build has none",
    happened: [
      `The lockfile has ${listed(gems)}, by which precompiling assets runs Node. Neither \`node\` nor \`bun\` is on the build's PATH.`,
      packageJson
        ? "The app has a `package.json`, but no buildpack before this one provides Node."
        : "The app has no `package.json`, so that no Node buildpack has taken it for its own.",
    ],
    next: [
      ...(packageJson ? [] : ["Add the `package.json` that names the app's packages to the app."]),
      ...nodeBuildpacks(manager),
      ...withoutBundling(skippedBy),
    ],
    blame: "configuration",
  }),
  "node/package-manager-missing": ({ manager, chosenBy, gem, skippedBy }) => ({
    headline: `The app's assets need \`${manager}\`, and this build has none`,
    happened: [
      `The app has a \`${chosenBy}\`, so ${gem} runs \`${manager}\` when assets are precompiled. It is not on the build's PATH.`,
    ],
    next: [...nodeBuildpacks(manager), ...withoutBundling([skippedBy])],
    blame: "configuration",
  }),
  "node/prune-failed": ({ because }) => ({
    headline: "Development dependencies could not be taken out of `node_modules`",
    happened: [`Because ${because}.`],
    next: [
      "BP_NODE_MODULES=remove   # takes all of `node_modules` out, where nothing runs Node when the app runs",
      "BP_NODE_MODULES=keep     # leaves it as it is",
    ],
    blame: "unclear",
  }),
};

function nodeBuildpacks(manager: string): string[] {
  const installers = paketoInstallers[manager] ?? [];
  const paketo = ["node-engine", ...installers].map((name) => `paketo-buildpacks/${name}`);
  return [
    `${inOrder(["heroku/nodejs"])}   # with Heroku's builders`,
    ...(installers.length > 0 ? [`${inOrder(paketo)}   # with Paketo's builders`] : []),
    "In a builder's own order, the same buildpacks stand before lapidary/ruby in its group.",
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
    `Where the app brings its bundles: ${skippedBy.join(" ")} in the build's environment, or BP_RAILS_SKIP_ASSETS=true to precompile nothing.`,
  ];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
