import type { Dirent } from "node:fs";
import { mkdir, readdir, readlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { bytesOfText, textOfBytes } from "../../system/environment/byte-text.ts";
import { lstatIfAny, readText, removeTree, type TextFile } from "../../system/files.ts";
import { throughLinks } from "../../system/inside/links-inside.ts";
import { listInside, readTextInside } from "../../system/inside/open-inside.ts";
import type {
  Env,
  EnvModification,
  EnvPhase,
  EnvScope,
  ModificationBehavior,
} from "./env-modification.ts";

export type { EnvModification } from "./env-modification.ts";

/**
 * Writes these modifications into a layer's environment directories, and removes all others.
 *
 * @throws Error for modifications that the spec forbids, or that would overwrite each other.
 */
export async function writeLayerEnv(
  layerPath: string,
  modifications: readonly EnvModification[],
): Promise<void> {
  const files = filesOf(modifications);
  for (const directory of ["env", "env.build", "env.launch"]) {
    await removeTree(join(layerPath, directory));
  }
  for (const [file, value] of files) {
    await mkdir(join(layerPath, file, ".."), { recursive: true });
    await writeFile(join(layerPath, file), bytesOfText(value));
  }
}

/**
 * Reads the environment directories of any buildpack's layer, in the order in which they are applied.
 *
 * @param inside - the path of the layer for the buildpack, if it is another one.
 * @throws BuildpackError `system/link-not-followed` for a link among them or in them that leads out of the layer, or
 * nowhere.
 */
export async function readLayerEnv(
  layerPath: string,
  inside: string = layerPath,
): Promise<EnvModification[]> {
  const launch = await listThroughLinks(layerPath, "env.launch", inside);
  const layer = readerInside(layerPath, inside);
  const perProcess = launch
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name: process }) => readEnvDirectory(layer, join("env.launch", process), { process }));
  const directories = await Promise.all([
    readEnvDirectory(layer, "env", "all"),
    readEnvDirectory(layer, "env.build", "build"),
    readEnvDirectory(layer, "env.launch", "launch"),
    ...perProcess,
  ]);
  return directories.flat();
}

/**
 * Reads the directory `env` of an operator, such as `/cnb/build-config`, by the same rules. Its links are
 * followed: volumes of Kubernetes consist of them.
 */
export async function readOperatorEnv(directory: string): Promise<EnvModification[]> {
  return await readEnvDirectory(readerOf(directory), "env", "all");
}

/** How the files of an environment directory are read, by paths relative to a root. */
interface EnvReader {
  names: (directory: string) => Promise<string[]>;
  text: (file: string) => Promise<TextFile>;
}

function readerInside(root: string, inside: string): EnvReader {
  return {
    names: async (directory) =>
      (await listThroughLinks(root, directory, inside)).map(({ name }) => name),
    text: async (file) => {
      const read = async (path: string) => await readTextInside(root, path, textOfBytes);
      const text = await throughLinks(root, file, read, inside);
      if (text.state !== "missing") return text;
      // A link that leads nowhere is not the same as no file.
      const readIn = async (path: string) => await read(join(path, basename(file)));
      return await throughLinks(root, dirname(file), readIn, inside);
    },
  };
}

async function listThroughLinks(
  root: string,
  directory: string,
  inside: string,
): Promise<Dirent[]> {
  return await throughLinks(root, directory, (path) => listInside(root, path), inside);
}

function readerOf(root: string): EnvReader {
  return {
    names: async (directory) => (await readdir(join(root, directory)).catch(() => [])).sort(),
    text: async (file) => await readText(join(root, file), textOfBytes),
  };
}

/** Layer Paths: puts the layer's directories before the values that the variables have. */
export async function applyLayerPaths(
  env: Env,
  layerPath: string,
  phase: EnvPhase,
): Promise<Record<string, string>> {
  const result = { ...env };
  for (const [name, directory, phases] of layerPaths) {
    const path = join(layerPath, directory);
    if (!phases.includes(phase) || !(await isThere(layerPath, path))) continue;
    result[name] = result[name] ? `${path}:${result[name]}` : path;
  }
  return result;
}

/** A link counts unless its target would be in the layer and is missing. No other target is looked at. */
async function isThere(layerPath: string, path: string): Promise<boolean> {
  if (!(await lstatIfAny(path))?.isSymbolicLink()) return (await lstatIfAny(path)) !== undefined;
  const target = resolve(dirname(path), await readlink(path));
  return !target.startsWith(`${layerPath}/`) || (await lstatIfAny(target)) !== undefined;
}

/** Relative paths of files and their contents. Throws for collisions. */
function filesOf(modifications: readonly EnvModification[]): Map<string, string> {
  const files = new Map<string, string>();
  const add = (file: string, value: string, mayRepeat: boolean) => {
    const present = files.get(file);
    if (present !== undefined && !(mayRepeat && present === value)) {
      throw new Error(`two modifications write ${file}`);
    }
    files.set(file, value);
  };
  for (const { scope, name, behavior, value, delim, unsuffixed } of modifications) {
    refuseForbiddenName(name);
    const file = join(directoryOf(scope), name);
    add(unsuffixed ? file : `${file}.${behavior}`, value, false);
    if (delim !== undefined) add(`${file}.delim`, delim, true);
  }
  return files;
}

/** Environment, "Provided by the Platform": these names belong to the platform or the user. */
function refuseForbiddenName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new Error(`${name} is not a name of a variable`);
  if (/^(CNB_|BP_|BPL_|HOME$)/.test(name)) throw new Error(`a buildpack must not set ${name}`);
}

function directoryOf(scope: EnvScope): string {
  if (typeof scope === "object") return join("env.launch", scope.process);
  return { all: "env", build: "env.build", launch: "env.launch" }[scope];
}

async function readEnvDirectory(
  reader: EnvReader,
  directory: string,
  scope: EnvScope,
): Promise<EnvModification[]> {
  const names = await reader.names(directory);
  const modifications = await Promise.all(
    names.map((name) => readEnvFile(reader, join(directory, name), scope)),
  );
  return modifications.filter((modification) => modification !== undefined);
}

async function readEnvFile(
  reader: EnvReader,
  file: string,
  scope: EnvScope,
): Promise<EnvModification | undefined> {
  const [name = "", ...suffixes] = basename(file).split(".");
  const suffix = suffixes.length > 0 ? suffixes.join(".") : undefined;
  const behavior = suffix === undefined ? "override" : suffix;
  if (!isBehavior(behavior)) return undefined;
  const value = await textOf(reader, file);
  if (value === undefined) return undefined;
  const delim = await textOf(reader, join(dirname(file), `${name}.delim`));
  return {
    scope,
    name,
    behavior,
    value,
    ...(delim === undefined ? {} : { delim }),
    ...(suffix === undefined ? { unsuffixed: true } : {}),
  };
}

async function textOf(reader: EnvReader, path: string): Promise<string | undefined> {
  const file = await reader.text(path);
  return file.state === "text" ? file.text : undefined;
}

function isBehavior(suffix: string): suffix is ModificationBehavior {
  return ["override", "append", "prepend", "default"].includes(suffix);
}

const layerPaths: readonly [name: string, directory: string, phases: readonly EnvPhase[]][] = [
  ["PATH", "bin", ["build", "launch"]],
  ["LD_LIBRARY_PATH", "lib", ["build", "launch"]],
  ["LIBRARY_PATH", "lib", ["build"]],
  ["CPATH", "include", ["build"]],
  ["PKG_CONFIG_PATH", "pkgconfig", ["build"]],
];
