import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { bytesOfText } from "../../system/environment/byte-text.ts";
import { isFile } from "../../system/files.ts";
import type { PlatformFiles } from "../sandbox/platform-files.ts";
import { usageError } from "../../failure.ts";

/**
 * The content of `<platform>` for the user's variables and bindings: a file for each variable, with its
 * exact value, and a directory for each binding. They may be secrets, so they are not written anywhere here.
 *
 * @throws BuildpackError `platform/usage` for a name or a binding that cannot be passed on.
 */
export async function readPlatformFiles(given: {
  env: Readonly<Record<string, string>>;
  bindings: readonly string[];
}): Promise<PlatformFiles> {
  const content: Content = { directories: ["env", "bindings"], files: new Map() };
  for (const [name, value] of Object.entries(given.env)) {
    if (!/^[^/=\0]+$/.test(name) || /^\.{1,2}$/.test(name) || Buffer.byteLength(name) > 255) {
      throw usageError(`\`${name}\` cannot be the name of a variable`);
    }
    content.files.set(`env/${name}`, bytesOfText(value));
  }
  for (const binding of given.bindings) await addBinding(content, binding);
  return content;
}

interface Content {
  directories: string[];
  files: Map<string, Buffer>;
}

async function addBinding(content: Content, binding: string): Promise<void> {
  if (!(await isFile(join(binding, "type")))) {
    throw usageError(`the binding \`${binding}\` is not a directory with a file \`type\``);
  }
  const place = `bindings/${basename(binding)}`;
  if (content.files.has(`${place}/type`)) {
    throw usageError(`two bindings have the name \`${basename(binding)}\``);
  }
  await addTree(content, binding, place, []);
}

/** Follows links, which mounted volumes consist of. `above` are the directories that it is in. */
async function addTree(
  content: Content,
  path: string,
  place: string,
  above: readonly string[],
): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw usageError(`\`${path}\` is a link that leads nowhere`);
  if (above.includes(real))
    throw usageError(`\`${path}\` is a link to a directory that contains it`);
  const stats = await stat(real);
  if (stats.isFile()) content.files.set(place, await readContent(real));
  else if (!stats.isDirectory()) throw usageError(`\`${path}\` is not a regular file`);
  if (!stats.isDirectory()) return;
  content.directories.push(place);
  for (const name of await readdir(real)) {
    await addTree(content, join(path, name), `${place}/${name}`, [...above, real]);
  }
}

async function readContent(path: string): Promise<Buffer> {
  return await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`\`${path}\` cannot be read (${error.code})`);
  });
}
