import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDirectory, readText } from "../system/files.ts";

/** A service binding: a mirror, a certificate or another service that the platform provides. */
export interface Binding {
  name: string;
  type: string;
  provider?: string;
  /** All other files of the binding, by name, without a newline at the end. */
  secrets: ReadonlyMap<string, string>;
}

/** A binding, or a file in it, that cannot be used, and why. */
export interface IgnoredBinding {
  name: string;
  because: string;
}

/**
 * Reads `<platform>/bindings/<name>/{type,provider,…}`, sorted by name. Never throws: a build must not fail
 * because of a binding that it does not need.
 */
export async function readBindings(
  bindingsDir: string,
): Promise<{ bindings: Binding[]; ignored: IgnoredBinding[] }> {
  const bindings: Binding[] = [];
  const ignored: IgnoredBinding[] = [];
  for (const name of await visibleNames(bindingsDir)) {
    const path = join(bindingsDir, name);
    if (!(await isDirectory(path))) continue;
    const read = await readBinding(name, path);
    if (read.binding) bindings.push(read.binding);
    ignored.push(...read.ignored);
  }
  return { bindings, ignored };
}

/** Reads the binding in one directory. Never throws. */
export async function readBinding(
  name: string,
  directory: string,
): Promise<{ binding?: Binding; ignored: IgnoredBinding[] }> {
  const { files, problems } = await readFiles(directory);
  const ignored = problems.map((because) => ({ name, because }));
  const binding = toBinding(name, files);
  if (binding) return { binding, ignored };
  return { ignored: [...ignored, { name, because: "it has no `type`" }] };
}

/** In mounted volumes, entries whose names begin with a dot contain the data to which the others link. */
async function visibleNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return names.filter((name) => !name.startsWith(".")).sort();
}

async function readFiles(
  directory: string,
): Promise<{ files: Map<string, string>; problems: string[] }> {
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const name of await visibleNames(directory)) {
    const path = join(directory, name);
    if (await isDirectory(path)) continue;
    const file = await readText(path);
    if (file.state === "text") files.set(name, file.text);
    else problems.push(`\`${name}\`: ${file.state === "missing" ? "broken link" : file.problem}`);
  }
  return { files, problems };
}

/** A binding from the texts of its files by name; `undefined` if it has no `type`. */
export function toBinding(name: string, files: ReadonlyMap<string, string>): Binding | undefined {
  const secrets = new Map(
    [...files].map(([file, text]) => [file, text.replace(/\r?\n$/, "")] as const),
  );
  const type = secrets.get("type")?.trim();
  const provider = secrets.get("provider")?.trim();
  secrets.delete("type");
  secrets.delete("provider");
  if (!type) return undefined;
  return { name, type, ...(provider ? { provider } : {}), secrets };
}
