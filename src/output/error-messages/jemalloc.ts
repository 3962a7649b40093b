import type { Messages } from "./message.ts";

/** Problems with jemalloc itself; downloads and compilers have their own messages. */
export const jemallocMessages: Messages<"jemalloc"> = {
  "jemalloc/version-unknown": ({ version, archive, versions }) => ({
    headline: `jemalloc ${version} is not available`,
    happened: [
      `The buildpack's inventory has no \`${archive}\`.`,
      `Available versions: ${versions.length > 0 ? versions.map((other) => `\`${other}\``).join(", ") : "none for this system"}.`,
    ],
    next: [
      versions[0] === undefined
        ? `Unset JEMALLOC_VERSION.`
        : `JEMALLOC_VERSION=${versions[0]}   # or unset it to get the default`,
      `If you have your own builds, name an inventory that lists it: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "configuration",
  }),
  "jemalloc/not-loaded": ({ version, ruby, output }) => ({
    headline: `Ruby ${ruby} does not run with jemalloc ${version}`,
    happened: [
      `Ruby was started with jemalloc preloaded, but did not start or did not load it. Its output:`,
      ...(output.length > 0 ? output.map((line) => `    ${line}`) : ["    (none)"]),
    ],
    next: [
      `Check that the inventory or mirror serves an archive for this system.`,
      `JEMALLOC_VERSION=<version>   # try another version`,
      `BP_JEMALLOC=false   # or build without jemalloc`,
    ],
    blame: "configuration",
  }),
};
