import type { Messages } from "./message.ts";

/** What is wrong with the choice of an artifact, or with an archive that arrived. */
export const artifactMessages: Messages<"artifact"> = {
  "artifact/version-unknown": ({ name, version, source, nearest }) => ({
    headline: `There is no ${name} ${version} to install`,
    happened: [
      `${source} asks for ${name} \`${version}\`, which the buildpack's inventory does not have for this system.`,
      nearest.length > 0
        ? `The nearest that it has: ${nearest.map((other) => `\`${other}\``).join(", ")}.`
        : `It has no ${name} for this system at all.`,
    ],
    next: [
      ...remedy(name, version, nearest),
      `Where you have builds of your own, name an inventory that has it: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "application",
  }),
  "artifact/none-for-target": ({ name, version, target, offered }) => ({
    headline: `${name} ${version} is not built for this system`,
    happened: [
      `The build is for ${target}; the inventory has ${name} ${version} for:`,
      ...offered.map((other) => `    ${other}`),
    ],
    next: [
      `Choose a builder for one of these, or another version of ${name}.`,
      `Or name an inventory that has it: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "configuration",
  }),
  "artifact/no-source": ({ name, version, nearest }) => ({
    headline: `There is no source of ${name} ${version} to compile`,
    happened: [
      nearest.length > 0
        ? `The inventory has the source of these, which are nearest: ${nearest.map((other) => `\`${other}\``).join(", ")}.`
        : `The inventory has no source of ${name} at all.`,
    ],
    next: [
      ...bestOf(version, nearest).map((other) => `lapidary artifact ${name} ${other}`),
      `Or name an inventory that has its source: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "command",
  }),
  "artifact/no-compiler": ({ from, to }) => ({
    headline: `Nothing on ${from} compiles for ${to}`,
    happened: [
      `The root file system that compiles is of ${from}. Cross compilers are known between amd64 and arm64.`,
    ],
    next: [
      `lapidary artifact … --root DIR   # where DIR holds a root file system of ${to}`,
      `On a machine of another architecture, such a root needs emulation (qemu-user-static).`,
    ],
    blame: "command",
  }),
  "artifact/inventory-invalid": ({ location, problem }) => ({
    headline: `\`${location}\` is not an inventory`,
    happened: problem.split("\n"),
    next: [
      `BP_INVENTORY=<url>#sha256=<hex>, where sha256sum prints <hex> of the inventory file`,
      `The fields of such a file are described in inventory/README.md of the buildpack.`,
    ],
    blame: "configuration",
  }),
  "artifact/mirror-invalid": ({ source, url }) => ({
    headline: `\`${url}\` cannot serve as a mirror`,
    happened: [`${source} names it. A mirror is an \`https:\`, \`http:\` or \`file:\` URL.`],
    next: [`BP_DEPENDENCY_MIRROR=https://mirror.example.com/{originalHost}`],
    blame: "configuration",
  }),
  "artifact/unpack-failed": ({ path, problem }) => ({
    headline: `An archive could not be unpacked`,
    happened: [`In \`${path}\`: ${problem}.`, `Nothing of it was kept.`],
    next: [
      `Build again: the archive is downloaded anew.`,
      `If that fails too, whoever serves the archive, or a mirror of it, must replace it.`,
    ],
    blame: "network",
  }),
  "artifact/wrong-version": ({ name, wanted, reported, path }) => ({
    headline: `The installed ${name} is not ${wanted}`,
    happened: [`\`${path}\` says of itself: ${reported}`],
    next: [
      `Check what the inventory or the mirror serves as ${name} ${wanted}.`,
      `If it did not start at all, the archive was made for another system than this one.`,
    ],
    blame: "configuration",
  }),
};

function remedy(name: string, version: string, nearest: readonly string[]): string[] {
  const [best] = bestOf(version, nearest);
  if (best === undefined) return [`Use a builder for another system: for this one there is none.`];
  if (name === "ruby") return [`ruby "${best}"   # in the Gemfile, then: bundle update --ruby`];
  return [`Name one of these instead, for example ${name} ${best}.`];
}

/** The nearest version, one of the same branch before any other; none where there is none. */
function bestOf(version: string, nearest: readonly string[]): string[] {
  const branch = version.split(".").slice(0, 2).join(".");
  const best = nearest.find((other) => other.startsWith(`${branch}.`)) ?? nearest[0];
  return best === undefined ? [] : [best];
}
