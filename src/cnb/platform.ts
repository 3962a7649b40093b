import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../failure.ts";
import { isDirectory, readText } from "../system/files.ts";
import { type Binding, type IgnoredBinding, readBindings } from "./bindings.ts";

/** What the platform passes to the buildpack in addition to the app. */
export interface Platform {
  dir: string;
  /** The user's environment for the build. Values are the unchanged contents of the files. */
  env: Readonly<Record<string, string>>;
  bindings: readonly Binding[];
  ignoredBindings: readonly IgnoredBinding[];
}

/**
 * Reads the platform directory. It may be missing.
 *
 * @throws BuildpackError `cnb/file-invalid` for a variable that cannot be read: building without a variable of
 * the user could give another result.
 */
export async function readPlatform(dir: string): Promise<Platform> {
  const { bindings, ignored } = await readBindings(join(dir, "bindings"));
  return { dir, env: await readUserEnv(join(dir, "env")), bindings, ignoredBindings: ignored };
}

/** The name of a file is that of the variable, without suffixes. Directories are ignored. */
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
