import type { Messages } from "./message.ts";
import { isVersionFile } from "./version-source.ts";

const ownInventory =
  "If you have your own builds, name an inventory that lists it: BP_INVENTORY=<url>#sha256=<hex>";

/** An artifact that is not available, or an archive that cannot be used. */
export const artifactMessages: Messages<"artifact"> = {
  "artifact/version-unknown": ({ name, version, source, nearest }) => ({
    headline: `${name} ${version} is not available`,
    happened: [
      `${source} asks for ${name} \`${version}\`, which the buildpack's inventory does not have for this system.`,
      nearest.length > 0
        ? `The nearest versions that it has: ${quoted(nearest)}.`
        : `It has no ${name} for this system.`,
    ],
    next: [...otherVersion(name, version, nearest, source), ownInventory],
    blame: source === "BP_RUBY_VERSION" ? "configuration" : "application",
  }),
  "artifact/none-for-target": ({ name, version, target, offered }) => ({
    headline: `${name} ${version} is not available for this system`,
    happened: [
      `This build is for ${target}, but the inventory has ${name} ${version} only for:`,
      ...offered.map((other) => `    ${other}`),
    ],
    next: [`Use a builder for one of these systems, or another version of ${name}.`, ownInventory],
    blame: "configuration",
  }),
  "artifact/no-source": ({ name, version, nearest }) => ({
    headline: `The source of ${name} ${version} is not available`,
    happened: [
      nearest.length > 0
        ? `The nearest versions whose source the inventory has: ${quoted(nearest)}.`
        : `The inventory has no source of ${name}.`,
    ],
    next: [
      ...bestOf(version, nearest).map((other) => `lapidary artifact ${name} ${other}`),
      `Or name an inventory that has the source: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "command",
  }),
  "artifact/no-compiler": ({ from, to }) => ({
    headline: `Compiling for ${to} is not possible on ${from}`,
    happened: [
      `The root file system to compile in is for ${from}. Cross compiling works only between amd64 and arm64.`,
    ],
    next: [
      `lapidary artifact … --root DIR   # where DIR is a root file system for ${to}`,
      `If this machine has another architecture, install qemu-user-static to run such a root.`,
    ],
    blame: "command",
  }),
  "artifact/inventory-invalid": ({ location, problem }) => ({
    headline: `\`${location}\` is not a valid inventory`,
    happened: problem.split("\n"),
    next: [
      `BP_INVENTORY=<url>#sha256=<hex>   # get <hex> with: sha256sum inventory.toml`,
      `See inventory/README.md of the buildpack for the fields of the file.`,
    ],
    blame: "configuration",
  }),
  "artifact/mirror-invalid": ({ source, url }) => ({
    headline: `\`${url}\` is not a valid mirror`,
    happened: [`${source} names it. A mirror must be an \`https:\`, \`http:\` or \`file:\` URL.`],
    next: [`BP_DEPENDENCY_MIRROR=https://mirror.example.com/{originalHost}`],
    blame: "configuration",
  }),
  "artifact/unpack-failed": ({ path, problem }) => ({
    headline: `An archive could not be unpacked`,
    happened: [`\`${path}\`: ${problem}.`, `Nothing from it was kept.`],
    next: [
      `Build again, which downloads the archive again.`,
      `If that fails too, replace the archive on the server or mirror.`,
    ],
    blame: "server",
  }),
  "artifact/wrong-version": ({ name, wanted, reported, path }) => ({
    headline: `The installed ${name} is not ${wanted}`,
    happened: [`\`${path}\` reports: ${reported}`],
    next: [
      `Check which archive the inventory or mirror serves as ${name} ${wanted}.`,
      `If it did not start at all, the archive was made for another system.`,
    ],
    blame: "configuration",
  }),
};

function quoted(versions: readonly string[]): string {
  return versions.map((version) => `\`${version}\``).join(", ");
}

function otherVersion(
  name: string,
  version: string,
  nearest: readonly string[],
  source: string,
): string[] {
  const [best] = bestOf(version, nearest);
  if (best === undefined) return [`Use a builder for another system.`];
  const written = name === "ruby" ? best : `${name}-${best}`;
  if (source === "BP_RUBY_VERSION") return [`BP_RUBY_VERSION=${written}`];
  if (isVersionFile(source)) return [`Write ${written} into ${source}.`];
  if (name === "ruby") return [`ruby "${best}"   # in the Gemfile, then run: bundle update --ruby`];
  return [`Use one of these versions instead, such as ${name} ${best}.`];
}

/** The nearest version, preferably of the same branch; empty if there is none. */
function bestOf(version: string, nearest: readonly string[]): string[] {
  const branch = version.split(".").slice(0, 2).join(".");
  const best = nearest.find((other) => other.startsWith(`${branch}.`)) ?? nearest[0];
  return best === undefined ? [] : [best];
}
