import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type ImageReference, parseImageReference } from "../../oci/registry/image-reference.ts";
import { lstatIfAny } from "../../system/files.ts";
import { usageError } from "../../failure.ts";

/** Where an image is or goes, as given on the command line. */
export type ImageLocation =
  | {
      kind: "oci" | "docker-archive";
      path: string;
      /** The tag in the layout, or the name that an engine gives the image. */
      name: string | undefined;
    }
  | {
      kind: "docker-daemon";
      /** Its name in the Docker engine of this machine. */
      name: string;
    }
  | { kind: "registry"; reference: ImageReference };

/**
 * Parses `oci:DIR[:TAG]`, `docker-archive:FILE[:NAME]`, `docker-daemon:NAME[:TAG]` or
 * `registry:HOST/NAME[:TAG]`. The first three have the syntax of `skopeo`.
 *
 * @throws BuildpackError `platform/usage`.
 */
export function parseImageLocation(option: string, text: string, cwd: string): ImageLocation {
  const [, kind, rest = ""] = /^(oci|docker-archive|docker-daemon|registry):(.+)$/.exec(text) ?? [];
  if (kind === "registry") return { kind, reference: referenceOf(option, rest) };
  if (kind === "docker-daemon") return { kind, name: withTag(rest) };
  const [, path, name] = /^([^:]+)(?::(.+))?$/.exec(rest) ?? [];
  if (path !== undefined && kind === "oci") return { kind, path: resolve(cwd, path), name };
  if (path !== undefined && kind === "docker-archive") {
    return { kind, path: resolve(cwd, path), name: name === undefined ? name : withTag(name) };
  }
  const forms = "`oci:DIR`, `docker-archive:FILE`, `docker-daemon:NAME` or `registry:HOST/NAME`";
  throw usageError(`\`${option}\` takes ${forms}, not \`${text}\``);
}

/**
 * Parses a place that an image is written to, as {@link parseImageLocation} does, and makes sure that it can be written: a
 * directory with other content, and what is no regular file, stay as they are.
 *
 * @throws BuildpackError `platform/usage`, also for a digest: only the content decides which digest an image gets.
 */
export async function openDestination(
  option: string,
  text: string,
  cwd: string,
): Promise<ImageLocation> {
  const location = parseImageLocation(option, text, cwd);
  if (location.kind === "registry" && location.reference.digest !== undefined) {
    throw usageError(
      `\`${option}\` takes a name or a tag to write to, not the digest of an image: \`${text}\``,
    );
  }
  if (location.kind === "oci") await checkLayoutPlace(option, location.path);
  if (location.kind === "docker-archive") await checkFilePlace(option, location.path);
  return location;
}

async function checkFilePlace(option: string, path: string): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry && !entry.isFile())
    throw usageError(`\`${option}\`: \`${path}\` is not a regular file`);
}

async function checkLayoutPlace(option: string, path: string): Promise<void> {
  if (!(await lstatIfAny(path))) return;
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) throw usageError(`\`${option}\`: \`${path}\` is not a directory`);
  if (names.length === 0 || names.includes("oci-layout") || names.includes("index.json")) return;
  throw usageError(
    `\`${option}\`: the directory \`${path}\` contains other files than those of an image. Name an empty or a new directory`,
  );
}

function referenceOf(option: string, text: string): ImageReference {
  const reference = parseImageReference(text);
  if ("problem" in reference) throw usageError(`\`${option}\`: ${reference.problem}`);
  return reference;
}

/** The name of an image in an engine, unless the user gives one: that of the app's directory. */
export function defaultImageName(app: string): string {
  const own = basename(app)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${own || "app"}:latest`;
}

/** A colon after the last slash begins a tag; one before it is that of a port. */
function withTag(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}
