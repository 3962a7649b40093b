import { basename, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { type ImageReference, parseImageReference } from "../../oci/registry/image-reference.ts";

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
  throw usage(`\`${option}\` takes ${forms}, not \`${text}\``);
}

function referenceOf(option: string, text: string): ImageReference {
  const reference = parseImageReference(text);
  if ("problem" in reference) throw usage(`\`${option}\`: ${reference.problem}`);
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

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
