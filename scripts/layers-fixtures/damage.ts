import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { removeTree } from "../../src/system/files.ts";

/** A change of a recorded layers directory. */
export type Damage =
  /** The key of a layer's metadata, or of every layer's (`*`), has this value, or is gone. */
  | { kind: "key"; layer: string; key: string; value?: string }
  | { kind: "no contents"; layer: string }
  | { kind: "no metadata"; layer: string }
  /** Only the first half of a file is there. */
  | { kind: "cut off"; file: string };

/** A change in words, for whoever reads the recording. */
export function describeDamage(damage: Damage): string {
  if (damage.kind === "no contents") return `${damage.layer}: the contents are lost`;
  if (damage.kind === "no metadata") return `${damage.layer}: the metadata is lost`;
  if (damage.kind === "cut off") return `${damage.file}: the second half is lost`;
  const { layer, key, value } = damage;
  const name = layer === "*" ? "every layer" : layer;
  return value === undefined ? `${name}: no ${key}` : `${name}: ${key} is ${value}`;
}

/** Changes a recorded layers directory. @throws Error where there is nothing to change. */
export async function damageLayers(layers: string, damage: Damage): Promise<void> {
  if (damage.kind === "no contents") await removeTree(join(layers, damage.layer));
  else if (damage.kind === "no metadata") await removeTree(join(layers, `${damage.layer}.toml`));
  else if (damage.kind === "cut off") {
    await rewrite(join(layers, damage.file), (text) => text.slice(0, text.length / 2));
  } else {
    const { layer, key, value } = damage;
    const line = value === undefined ? "" : `${key} = "${value}"\n`;
    const change = (text: string) => text.replace(new RegExp(`^${key} = ".*"\n`, "m"), line);
    const files = await glob(`${layer}.toml`, { cwd: layers, absolute: true });
    const changed = await Promise.all(files.map((file) => rewrite(file, change)));
    if (!changed.includes(true)) throw new Error(`no ${layer}.toml has the key ${key}`);
  }
}

async function rewrite(path: string, change: (text: string) => string): Promise<boolean> {
  const text = await readFile(path, "utf8");
  await writeFile(path, change(text));
  return change(text) !== text;
}
