import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The buildpack that this program belongs to: a checkout or an unpacked package. */
export const ownBuildpack = findBuildpack(dirname(fileURLToPath(import.meta.url)));

function findBuildpack(directory: string): string {
  if (existsSync(join(directory, "buildpack.toml"))) return directory;
  return findBuildpack(dirname(directory));
}

export function ownVersion(): string {
  const text = readFileSync(join(ownBuildpack, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
