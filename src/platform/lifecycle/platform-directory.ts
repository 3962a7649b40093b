import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isFile } from "../../system/files.ts";
import { copyFollowingLinks } from "../../system/tree.ts";

/**
 * Fills `<platform>` with what the user gives to the build: a file for each variable, its value byte
 * for byte, and a directory for each binding. Both may hold secrets, so only their owner reads them.
 *
 * @throws BuildpackError `platform/usage` for a name or a binding that cannot be passed on.
 */
export async function writePlatformDirectory(
  directory: string,
  given: { env: Readonly<Record<string, string>>; bindings: readonly string[] },
): Promise<void> {
  await mkdir(join(directory, "env"), { recursive: true });
  await mkdir(join(directory, "bindings"), { recursive: true, mode: 0o700 });
  for (const [name, value] of Object.entries(given.env)) {
    if (!/^[^/=\0]+$/.test(name) || name === "." || name === "..") {
      throw usage(`\`${name}\` cannot be the name of a variable`);
    }
    await writeFile(join(directory, "env", name), value, { mode: 0o600 });
  }
  for (const binding of given.bindings) await addBinding(directory, binding);
}

async function addBinding(directory: string, binding: string): Promise<void> {
  if (!(await isFile(join(binding, "type")))) {
    throw usage(`the binding \`${binding}\` is no directory with a file \`type\` in it`);
  }
  const destination = join(directory, "bindings", basename(binding));
  if (await isFile(join(destination, "type"))) {
    throw usage(`two bindings are called \`${basename(binding)}\``);
  }
  await copyFollowingLinks(binding, destination);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
