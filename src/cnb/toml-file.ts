import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { readUtf8, type TextFile, writeAtomically } from "../system/files.ts";
import { readUtf8Inside } from "../system/inside/open-inside.ts";
import { parseForeignToml, stringifyToml, TomlSyntaxError } from "../toml.ts";
import { foldKeys } from "./fold-keys.ts";

/** The result of reading a TOML file with a codec. */
export type TomlFile<T> =
  | { state: "missing" }
  /** `fault` is `syntax` if it is not TOML, `shape` if the codec rejects it. */
  | { state: "invalid"; fault: "syntax" | "shape"; problem: string }
  | { state: "read"; value: T };

/**
 * Reads a TOML file with a codec. Never throws because of the file's contents. Platforms and other
 * buildpacks write these files, so they are read as lifecycles read them: TOML 1.1 in UTF-8, with or
 * without a byte order mark, and keys in any case.
 */
export async function tryReadTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
): Promise<TomlFile<z.output<C>>> {
  return decodeFile(await readUtf8(path), codec);
}

/**
 * The same of a file that a build left below `root`.
 *
 * @throws BuildpackError `system/link-not-followed` for a link in its place or on the way to it.
 */
export async function tryReadTomlInside<C extends z.ZodType>(
  root: string,
  path: string,
  codec: C,
): Promise<TomlFile<z.output<C>>> {
  return decodeFile(await readUtf8Inside(root, path), codec);
}

function decodeFile<C extends z.ZodType>(file: TextFile, codec: C): TomlFile<z.output<C>> {
  if (file.state === "missing") return file;
  if (file.state === "unreadable") {
    return { state: "invalid", fault: "syntax", problem: file.problem };
  }
  return decodeToml(file.text, codec);
}

/**
 * Reads a TOML file that must exist.
 *
 * @throws BuildpackError `cnb/file-invalid` if it is missing, is not TOML, or the codec rejects it.
 */
export async function readTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
): Promise<z.output<C>> {
  return valueIn(await tryReadTomlFile(path, codec), path);
}

/**
 * The same of a file that a build left below `root`.
 *
 * @throws BuildpackError also `system/link-not-followed`.
 */
export async function readTomlInside<C extends z.ZodType>(
  root: string,
  path: string,
  codec: C,
): Promise<z.output<C>> {
  return valueIn(await tryReadTomlInside(root, path, codec), join(root, path));
}

function valueIn<T>(file: TomlFile<T>, path: string): T {
  if (file.state === "read") return file.value;
  const problem = file.state === "missing" ? "it is missing" : file.problem;
  throw new BuildpackError({ code: "cnb/file-invalid", path, problem });
}

/**
 * Writes a value as a TOML file, atomically.
 *
 * @throws BuildpackError `cnb/file-invalid` if the codec rejects the value.
 */
export async function writeTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
  value: z.output<C>,
): Promise<void> {
  await writeAtomically(path, encodeToml(path, codec, value));
}

/** Reads TOML text with a codec. `problem` names the key, or the line if it is not TOML. */
export function decodeToml<C extends z.ZodType>(
  text: string,
  codec: C,
): Exclude<TomlFile<z.output<C>>, { state: "missing" }> {
  try {
    const result = codec.safeParse(foldKeys(codec, parseForeignToml(text)));
    if (result.success) return { state: "read", value: result.data };
    return { state: "invalid", fault: "shape", problem: problemOf(result.error) };
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    return { state: "invalid", fault: "syntax", problem: error.message };
  }
}

function encodeToml<C extends z.ZodType>(path: string, codec: C, value: z.output<C>): string {
  const result = z.safeEncode(codec, value);
  if (result.success) return stringifyToml(result.data as object);
  throw new BuildpackError({ code: "cnb/file-invalid", path, problem: problemOf(result.error) });
}

function problemOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}
