import type { Messages } from "./message.ts";

/** Problems between the platform and the buildpack. */
export const cnbMessages: Messages<"cnb"> = {
  "cnb/input-missing": ({ variable, phase }) => ({
    headline: `\`${variable}\` is not set`,
    happened: [
      `\`bin/${phase}\` reads a path from this environment variable. Every platform that implements Buildpack API 0.10 sets it.`,
    ],
    next: [
      `Run the buildpack with a platform: \`pack build\`, kpack, Tekton or \`lapidary build\`.`,
      `To run \`bin/${phase}\` by hand, set \`${variable}\` to an absolute path.`,
    ],
    blame: "platform",
  }),
  "cnb/file-invalid": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be used`,
    happened: [`Reason: ${problem}.`],
    next: [
      "If you or one of your tools wrote this file, correct it and build again.",
      "If it is in the platform directory, check that the build's user can read it.",
    ],
    blame: "platform",
  }),
  "cnb/buildpack-api-unsupported": ({ path, api }) => ({
    headline: `\`${path}\` declares Buildpack API \`${api}\`, which is not supported`,
    happened: ["The buildpack's descriptor and its programs are from different versions."],
    next: [
      "Restore the `buildpack.toml` that came with this version of the buildpack.",
      "Or use a version of the buildpack that supports this API.",
    ],
    blame: "buildpack",
  }),
};
