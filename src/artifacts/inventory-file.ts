import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { compareGemVersions } from "../ruby/gems/gem-version.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { lstatIfAny, readText, writeAtomically } from "../system/files.ts";
import { parseToml, stringifyToml, TomlSyntaxError } from "../toml.ts";
import { type ArtifactEntry, inventoryFileSchema } from "./artifact-entry.ts";

/**
 * The entries of an inventory file. Errors name the file as `location`.
 *
 * @throws BuildpackError `artifact/inventory-invalid` if the file is missing or is not an inventory.
 */
export async function readInventoryFile(path: string, location: string): Promise<ArtifactEntry[]> {
  const file = await readText(path);
  if (file.state === "text") return parseInventoryFile(file.text, location);
  throw invalid(location, file.state === "missing" ? "missing" : file.problem);
}

/**
 * The entries in the text of an inventory file.
 *
 * @throws BuildpackError `artifact/inventory-invalid`.
 */
export function parseInventoryFile(text: string, location: string): ArtifactEntry[] {
  try {
    return inventoryFileSchema.parse(parseToml(text)).artifacts;
  } catch (error) {
    if (error instanceof z.ZodError) throw invalid(location, z.prettifyError(error));
    if (error instanceof TomlSyntaxError) throw invalid(location, error.message);
    throw error;
  }
}

function invalid(location: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "artifact/inventory-invalid", location, problem });
}

/**
 * Adds an entry to an inventory file, or replaces the entry for the same name, version, kind and target.
 * Creates the file if necessary. Resolves to the value of `BP_INVENTORY` for the new file.
 *
 * @throws BuildpackError `artifact/inventory-invalid` if the existing file is not an inventory;
 *   `system/disk-full`, `system/not-writable`.
 */
export async function addToInventory(path: string, entry: ArtifactEntry): Promise<string> {
  const present = (await lstatIfAny(path)) ? await readInventoryFile(path, path) : [];
  const kept = present.filter((other) => identity(other) !== identity(entry));
  const artifacts = [...kept, entry].sort(inOrder);
  const text = `# Written by \`lapidary artifact\`.\n\n${stringifyToml({ artifacts })}`;
  try {
    await writeAtomically(path, text);
  } catch (error) {
    throw diskFailure(error, path) ?? error;
  }
  const sha256 = createHash("sha256").update(text).digest("hex");
  return `${pathToFileURL(path).href}#sha256=${sha256}`;
}

function identity(entry: ArtifactEntry): string {
  return JSON.stringify([entry.name, entry.version, entry.kind, ...targetOf(entry)]);
}

function targetOf(entry: ArtifactEntry): (string | undefined)[] {
  if (entry.kind === "source") return [];
  if (entry.kind === "portable") return [entry.os, entry.arch, entry["min-glibc"]];
  return [entry.os, entry["distro-name"], entry["distro-version"], entry.arch];
}

/** Sorts by name, then by version, the newest first, then by target. */
function inOrder(a: ArtifactEntry, b: ArtifactEntry): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const byVersion = compareGemVersions(b.version, a.version);
  if (byVersion !== 0) return byVersion;
  return identity(a) < identity(b) ? -1 : 1;
}
