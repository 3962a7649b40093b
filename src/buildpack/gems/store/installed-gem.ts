import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { executablesOf } from "../../../ruby/gems/gemspec.ts";
import { isDirectory, isFile, readTextIfAny } from "../../../system/files.ts";
import type { StorableGem } from "./store-key.ts";

/**
 * The files and directories of an installed gem, relative to the directory of gems, its gemspec last: RubyGems
 * takes a gem with a gemspec as installed. `undefined` if the gem is not installed, or another gem has
 * replaced one of its executables.
 */
export async function piecesOf(
  gemsDir: string,
  { name, fullName }: StorableGem,
): Promise<string[] | undefined> {
  const gemspec = join("specifications", `${fullName}.gemspec`);
  const text = await readGemspec(join(gemsDir, gemspec));
  if (text === undefined || !(await isDirectory(join(gemsDir, "gems", fullName)))) return undefined;
  const commands = executablesOf(text);
  if (!commands.every((command) => /^[\w-][\w.-]*$/.test(command))) return undefined;
  const executables = commands.map((command) => join("bin", command));
  for (const path of executables) {
    const script = await readTextIfAny(join(gemsDir, path));
    if (script === undefined || !script.includes(`activate_bin_path('${name}',`)) return undefined;
  }
  const others = [join("build_info", `${fullName}.info`), join("plugins", `${name}_plugin.rb`)];
  const present = await Promise.all(others.map((path) => isFile(join(gemsDir, path))));
  return [
    join("gems", fullName),
    ...(await extensionsOf(gemsDir, fullName)),
    ...executables,
    ...others.filter((_, index) => present[index]),
    gemspec,
  ];
}

/** Not with `readText`, which refuses NUL bytes: RubyGems separates extensions by NUL in a comment of the gemspec. */
async function readGemspec(path: string): Promise<string | undefined> {
  return (await isFile(path)) ? await readFile(path, "utf8") : undefined;
}

/** `extensions/<platform>/<Ruby's API>/<gem>`, of which there is at most one. */
async function extensionsOf(gemsDir: string, fullName: string): Promise<string[]> {
  const found: string[] = [];
  for (const platform of await names(join(gemsDir, "extensions"))) {
    for (const api of await names(join(gemsDir, "extensions", platform))) {
      const path = join("extensions", platform, api, fullName);
      if (await isDirectory(join(gemsDir, path))) found.push(path);
    }
  }
  return found;
}

async function names(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}
