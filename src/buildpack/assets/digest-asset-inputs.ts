import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { AssetInputs } from "./assets-layer.ts";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { KeyedDigest } from "../installed.ts";
import { addParts } from "../../system/file-digest.ts";

/**
 * Digests of what decides what precompilation makes, besides the app's files: one for each kind of input, so that
 * the log can name what changed. Each is 16 hexadecimal digits; no value itself is stored.
 *
 * @param keyedDigest for values, which may be secrets.
 * @param packages variables that only rake gets.
 */
export async function digestAssetInputs(
  context: BuildContext,
  keyedDigest: KeyedDigest,
  packages: Readonly<Record<string, string>> = {},
): Promise<AssetInputs> {
  const env = { ...packages, ...buildEnvironment(context).inherited };
  const variables = Object.keys(env).filter((name) => !passing.has(name));
  return {
    environment: keyedDigest(variables.sort().map((name) => `${name}\0${env[name]}`)).slice(0, 16),
    layers: digest(await layersBelow(context)),
  };
}

// Variables of a machine or a shell, which differ in every build.
const passing = new Set(["HOSTNAME", "OLDPWD", "PWD", "SHLVL", "_"]);

/**
 * The metadata of each layer that rake may use: of our own layers with Ruby and gems, and of all layers of
 * other buildpacks, any of which may provide Node or a database client.
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

/** Platforms put the layers of each buildpack into a directory that is named after it, next to ours. */
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
  return addParts(createHash("sha256"), parts).digest("hex").slice(0, 16);
}
