import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDirectory, readTextIfAny, removeTree, statIfAny } from "../system/files.ts";
import type {
  Env,
  EnvModification,
  EnvPhase,
  EnvScope,
  ModificationBehavior,
} from "./env-modification.ts";

export type { EnvModification } from "./env-modification.ts";

/**
 * Makes the environment directories of a layer hold these modifications and no others.
 *
 * @throws Error for modifications that the spec forbids or that would overwrite each other.
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
    await writeFile(join(layerPath, file), value);
  }
}

/** Reads the environment directories of any buildpack's layer, in the order in which they apply. */
export async function readLayerEnv(layerPath: string): Promise<EnvModification[]> {
  const launchDir = join(layerPath, "env.launch");
  const processes = await directoriesIn(launchDir);
  const perProcess = processes.map((process) =>
    readEnvDirectory(join(launchDir, process), { process }),
  );
  const directories = await Promise.all([
    readEnvDirectory(join(layerPath, "env"), "all"),
    readEnvDirectory(join(layerPath, "env.build"), "build"),
    readEnvDirectory(launchDir, "launch"),
    ...perProcess,
  ]);
  return directories.flat();
}

/** Layer Paths: those directories that the layer has, before what the variables hold already. */
export async function applyLayerPaths(
  env: Env,
  layerPath: string,
  phase: EnvPhase,
): Promise<Record<string, string>> {
  const result = { ...env };
  for (const [name, directory, phases] of layerPaths) {
    const path = join(layerPath, directory);
    if (!phases.includes(phase) || !(await statIfAny(path))) continue;
    result[name] = result[name] ? `${path}:${result[name]}` : path;
  }
  return result;
}

/** Relative paths of files and their contents; every collision is a mistake of the caller. */
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

/** Environment, "Provided by the Platform": names that are the platform's or the user's. */
function refuseForbiddenName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`${name} is no variable's name`);
  if (/^(CNB_|BP_|BPL_|HOME$)/.test(name)) throw new Error(`a buildpack must not set ${name}`);
}

function directoryOf(scope: EnvScope): string {
  if (typeof scope === "object") return join("env.launch", scope.process);
  return { all: "env", build: "env.build", launch: "env.launch" }[scope];
}

async function readEnvDirectory(directory: string, scope: EnvScope): Promise<EnvModification[]> {
  const names = (await readdir(directory).catch((): string[] => [])).sort();
  const modifications = await Promise.all(names.map((file) => readEnvFile(directory, file, scope)));
  return modifications.filter((modification) => modification !== undefined);
}

async function readEnvFile(
  directory: string,
  file: string,
  scope: EnvScope,
): Promise<EnvModification | undefined> {
  const [name = "", ...suffixes] = file.split(".");
  const suffix = suffixes.length > 0 ? suffixes.join(".") : undefined;
  const behavior = suffix === undefined ? "override" : suffix;
  if (!isBehavior(behavior)) return undefined;
  const value = await readTextIfAny(join(directory, file));
  if (value === undefined) return undefined;
  const delim = await readTextIfAny(join(directory, `${name}.delim`));
  return {
    scope,
    name,
    behavior,
    value,
    ...(delim === undefined ? {} : { delim }),
    ...(suffix === undefined ? { unsuffixed: true } : {}),
  };
}

function isBehavior(suffix: string): suffix is ModificationBehavior {
  return ["override", "append", "prepend", "default"].includes(suffix);
}

async function directoriesIn(path: string): Promise<string[]> {
  const names = (await readdir(path).catch((): string[] => [])).sort();
  const directories = await Promise.all(names.map((name) => isDirectory(join(path, name))));
  return names.filter((_, index) => directories[index]);
}

const layerPaths: readonly [name: string, directory: string, phases: readonly EnvPhase[]][] = [
  ["PATH", "bin", ["build", "launch"]],
  ["LD_LIBRARY_PATH", "lib", ["build", "launch"]],
  ["LIBRARY_PATH", "lib", ["build"]],
  ["CPATH", "include", ["build"]],
  ["PKG_CONFIG_PATH", "pkgconfig", ["build"]],
];
