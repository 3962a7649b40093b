import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { AssetInputs } from "./assets-layer.ts";
import { digestSnapshot, type TreeSnapshot } from "../../system/tree-changes.ts";
import type { BuildContext } from "../build-context.ts";
import { childEnvironment } from "../environment/child-environment.ts";

/**
 * Digests of everything that decides what precompilation makes, by kind, so that a change can be
 * named; each is the first 16 digits of a SHA-256 in hex. No value is stored.
 *
 * @param app the app's files before any rake task was run.
 */
export async function digestAssetInputs(
  context: BuildContext,
  app: TreeSnapshot,
): Promise<AssetInputs> {
  const { env } = childEnvironment(context.env);
  const variables = Object.keys(env).filter((name) => !passing.has(name));
  return {
    app: digestSnapshot(app).slice(0, 16),
    environment: digest(variables.sort().map((name) => `${name}\0${env[name]}`)),
    layers: digest(await layersBelow(context)),
  };
}

// Names of a machine or a shell, which are others in every build.
const passing = new Set(["HOSTNAME", "OLDPWD", "PWD", "SHLVL", "_"]);

/**
 * What says how each layer was made that rake may run on: its metadata, by the layer's path. Those
 * of other buildpacks count whole, since who else brings Node or a database's client is not known here.
 */
async function layersBelow({ input }: BuildContext): Promise<string[]> {
  const { layersDir, descriptor } = input;
  const own = ["ruby", "bundler", "gems"].map((name) => join(layersDir, `${name}.toml`));
  const others = await metadataOfOthers(layersDir, descriptor.buildpack.id);
  const texts = [...own, ...others].map(async (path) => {
    const text = await readFile(path, "utf8").catch(() => "");
    return `${path}\0${text}`;
  });
  return [`lapidary ${descriptor.buildpack.version}`, ...(await Promise.all(texts))];
}

/** Platforms give each buildpack a directory that is named after it, side by side. */
async function metadataOfOthers(layersDir: string, id: string): Promise<string[]> {
  const own = basename(layersDir);
  if (own !== id.replaceAll("/", "_")) return [];
  const all = dirname(layersDir);
  const buildpacks = (await readdir(all)).filter((name) => name !== own).sort();
  const files = buildpacks.map(async (name) => {
    const names = await readdir(join(all, name)).catch(() => []);
    const metadata = names.filter((file) => file.endsWith(".toml")).sort();
    return metadata.map((file) => join(all, name, file));
  });
  return (await Promise.all(files)).flat();
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 16);
}
