import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { readUtf8, writeAtomically } from "../system/files.ts";
import { parseForeignToml, stringifyToml, TomlSyntaxError } from "../toml.ts";
import { foldKeys } from "./fold-keys.ts";

/** What a TOML file holds, as far as a codec can tell. */
export type TomlFile<T> =
  | { state: "missing" }
  /** `fault` is `syntax` where no TOML could be read, `shape` where the codec refused it. */
  | { state: "invalid"; fault: "syntax" | "shape"; problem: string }
  | { state: "read"; value: T };

/**
 * Reads a TOML file through a codec and never throws for what stands there. Platforms and other
 * buildpacks write these files, so that they are read as lifecycles read them: TOML 1.1 in UTF-8, with or
 * without a byte order mark, and keys in any case.
 */
export async function tryReadTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
): Promise<TomlFile<z.output<C>>> {
  const file = await readUtf8(path);
  if (file.state === "missing") return file;
  if (file.state === "unreadable") {
    return { state: "invalid", fault: "syntax", problem: file.problem };
  }
  return decodeToml(file.text, codec);
}

/**
 * Reads a TOML file that must be there.
 *
 * @throws BuildpackError `cnb/file-invalid` where it is missing, not TOML or of another shape.
 */
export async function readTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
): Promise<z.output<C>> {
  const file = await tryReadTomlFile(path, codec);
  if (file.state === "read") return file.value;
  const problem = file.state === "missing" ? "it is missing" : file.problem;
  throw new BuildpackError({ code: "cnb/file-invalid", path, problem });
}

/**
 * Writes a value as a TOML file of ours, whole or not at all.
 *
 * @throws BuildpackError `cnb/file-invalid` where the value breaks a rule of the codec.
 */
export async function writeTomlFile<C extends z.ZodType>(
  path: string,
  codec: C,
  value: z.output<C>,
): Promise<void> {
  await writeAtomically(path, encodeToml(path, codec, value));
}

/** Reads TOML text through a codec; `problem` names the key and, where there is one, the line. */
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
