import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isFile } from "../../system/files.ts";
import { copyFollowingLinks } from "../../system/tree.ts";

/**
 * Fills `<platform>` with the user's variables and bindings: a file for each variable, with its exact
 * value, and a directory for each binding. Only their owner can read them, because they may be secrets.
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
    if (!/^[^/=\0]+$/.test(name) || /^\.{1,2}$/.test(name) || Buffer.byteLength(name) > 255) {
      throw usage(`\`${name}\` cannot be the name of a variable`);
    }
    await writeFile(join(directory, "env", name), value, { mode: 0o600 });
  }
  for (const binding of given.bindings) await addBinding(directory, binding);
}

async function addBinding(directory: string, binding: string): Promise<void> {
  if (!(await isFile(join(binding, "type")))) {
    throw usage(`the binding \`${binding}\` is not a directory with a file \`type\``);
  }
  const destination = join(directory, "bindings", basename(binding));
  if (await isFile(join(destination, "type"))) {
    throw usage(`two bindings have the name \`${basename(binding)}\``);
  }
  await copyFollowingLinks(binding, destination);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
