import type { Messages } from "./message.ts";

/** What keeps the app from having jemalloc, besides downloads and compilers. */
export const jemallocMessages: Messages<"jemalloc"> = {
  "jemalloc/version-unknown": ({ version, archive, versions }) => ({
    headline: `There is no jemalloc ${version} to install`,
    happened: [
      `JEMALLOC_VERSION asks for jemalloc \`${version}\`, but there is no archive \`${archive}\` in the buildpack's inventory.`,
      `It has ${versions.length > 0 ? versions.map((other) => `\`${other}\``).join(", ") : "none for this system"}.`,
    ],
    next: [
      versions[0] === undefined
        ? `Unset JEMALLOC_VERSION.`
        : `JEMALLOC_VERSION=${versions[0]}   # or unset it, for the default`,
      `Where you have builds of your own, name an inventory that has it: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "configuration",
  }),
  "jemalloc/not-loaded": ({ version, ruby, output }) => ({
    headline: `Ruby does not run with jemalloc ${version}`,
    happened: [
      `Ruby \`${ruby}\` was started with the library preloaded, but ran without it or not at all. It said:`,
      ...(output.length > 0 ? output.map((line) => `    ${line}`) : ["    (nothing)"]),
    ],
    next: [
      `Check that the archive that the inventory or the mirror serves is for this system.`,
      `JEMALLOC_VERSION=<version>   # another version`,
      `BP_JEMALLOC=false   # or build without it`,
    ],
    blame: "configuration",
  }),
};
