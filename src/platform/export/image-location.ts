import { basename, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";

/** An image on this machine, as given on the command line. */
export interface ImageLocation {
  kind: "oci" | "docker-archive";
  path: string;
  /** The tag in the layout, or the name that an engine gives the image. */
  name: string | undefined;
}

/**
 * Parses `oci:DIR[:TAG]` or `docker-archive:FILE[:NAME]`, the syntax of `skopeo`.
 *
 * @throws BuildpackError `platform/usage`.
 */
export function parseImageLocation(option: string, text: string, cwd: string): ImageLocation {
  const [, kind, path, name] = /^(oci|docker-archive):([^:]+)(?::(.+))?$/.exec(text) ?? [];
  if ((kind === "oci" || kind === "docker-archive") && path !== undefined) {
    return { kind, path: resolve(cwd, path), name };
  }
  const problem = `\`${option}\` takes \`oci:DIR\` or \`docker-archive:FILE\`, not \`${text}\``;
  throw new BuildpackError({ code: "platform/usage", problem });
}

/** The name of the image in an engine: the given one, or else the name of the app's directory. */
export function imageNameFor({ name }: ImageLocation, app: string): string {
  if (name !== undefined) return name.includes(":") ? name : `${name}:latest`;
  const own = basename(app)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${own || "app"}:latest`;
}
