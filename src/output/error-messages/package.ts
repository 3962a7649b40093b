import type { Messages } from "./message.ts";

/** What a user reads when the buildpack cannot be packaged. */
export const packageMessages: Messages<"package"> = {
  "package/checkout-incomplete": ({ path, missing }) => ({
    headline: `\`${path}\` cannot be packaged`,
    happened: [`These are missing: ${missing.map((name) => `\`${name}\``).join(", ")}.`],
    next: ["npm ci && npm run package   # in a checkout of Lapidary, which builds `dist` first"],
    blame: "command",
  }),
  "package/runtime-unavailable": ({ name, problem }) => ({
    headline: `The Node to be packaged, \`${name}\`, cannot be had`,
    happened: [`${problem}.`],
    next: [
      `npm view ${name} version   # shows whether npm reaches it with its configuration here`,
      "lapidary package --target linux/ARCH   # packages only the architecture of this machine",
    ],
    blame: "unclear",
  }),
};
