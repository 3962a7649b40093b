import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../failure.ts";
import { isDirectory, readText } from "../system/files.ts";
import { type Binding, type IgnoredBinding, readBindings } from "./bindings.ts";

/** What the platform hands to the buildpack besides the app. */
export interface Platform {
  dir: string;
  /** The user's environment for the build: values as they stand in the files, byte for byte. */
  env: Readonly<Record<string, string>>;
  bindings: readonly Binding[];
  ignoredBindings: readonly IgnoredBinding[];
}

/**
 * Reads the platform directory; one that does not exist hands over nothing.
 *
 * @throws BuildpackError `cnb/file-invalid` for a variable that cannot be read: a build without
 * something that its user set would be another build.
 */
export async function readPlatform(dir: string): Promise<Platform> {
  const { bindings, ignored } = await readBindings(join(dir, "bindings"));
  return { dir, env: await readUserEnv(join(dir, "env")), bindings, ignoredBindings: ignored };
}

/** File names are names as they are, without suffixes; directories are no variables. */
async function readUserEnv(envDir: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const name of await namesIn(envDir)) {
    const path = join(envDir, name);
    if (await isDirectory(path)) continue;
    const file = await readText(path);
    if (file.state === "text") env[name] = file.text;
    if (file.state === "unreadable") throw unreadable(path, file.problem);
  }
  return env;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(directory, (error as Error).message);
  }
}

function unreadable(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "cnb/file-invalid", path, problem });
}
