import type { Messages } from "./message.ts";

/** What a user reads when the platform and the buildpack do not understand each other. */
export const cnbMessages: Messages<"cnb"> = {
  "cnb/input-missing": ({ variable, phase }) => ({
    headline: `The platform did not say where to find what \`${phase}\` needs`,
    happened: [
      `\`${phase}\` reads a path from the environment variable \`${variable}\`, and it is not set.`,
      "Every platform that implements Buildpack API 0.10 sets it.",
    ],
    next: [
      `Run the buildpack through a platform: \`pack build\`, kpack, Tekton or \`lapidary build\`.`,
      `To run \`bin/${phase}\` by hand, set \`${variable}\` to an absolute path.`,
    ],
    blame: "platform",
  }),
  "cnb/file-invalid": ({ path, problem }) => ({
    headline: `\`${path}\` breaks the rules of the Buildpack API`,
    happened: [`What is wrong with it: ${problem}.`],
    next: [
      "If you wrote this file, or the tool that did, correct it and build again.",
      "If it lies below the platform directory, check that the user of the build may read it.",
    ],
    blame: "platform",
  }),
  "cnb/buildpack-api-unsupported": ({ path, api }) => ({
    headline: `\`${path}\` declares Buildpack API \`${api}\`, which this version does not implement`,
    happened: [
      "The buildpack's descriptor and its program must be of one version, and here they are not.",
    ],
    next: [
      "Restore the `buildpack.toml` that came with this version of the buildpack.",
      "Or use a version of the buildpack that was made for that API.",
    ],
    blame: "buildpack",
  }),
};
