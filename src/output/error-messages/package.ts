import type { Messages } from "./message.ts";

/** Why the buildpack cannot be packaged. */
export const packageMessages: Messages<"package"> = {
  "package/checkout-incomplete": ({ path, missing }) => ({
    headline: `\`${path}\` cannot be packaged`,
    happened: [`Missing: ${missing.map((name) => `\`${name}\``).join(", ")}.`],
    next: ["npm ci && npm run package   # in a checkout of Lapidary; builds `dist` first"],
    blame: "command",
  }),
  "package/runtime-unavailable": ({ name, problem }) => ({
    headline: `\`${name}\` could not be downloaded`,
    happened: [`The package includes this Node. ${problem}.`],
    next: [
      `npm view ${name} version   # can npm reach it from here?`,
      "lapidary package --target linux/ARCH   # packages only this machine's architecture",
    ],
    blame: "network",
  }),
};
