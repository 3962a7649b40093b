import { basename, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";

/** An image on this machine, as it is named on a command line. */
export interface ImageLocation {
  kind: "oci" | "docker-archive";
  path: string;
  /** What it is called there: a tag of the layout, or the name under which an engine loads it. */
  name: string | undefined;
}

/**
 * Reads `oci:DIR[:TAG]` or `docker-archive:FILE[:NAME]`, spelled as `skopeo` spells them.
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

/** What an engine is to call the image of an app: its own name, else that of its directory. */
export function imageNameFor({ name }: ImageLocation, app: string): string {
  if (name !== undefined) return name.includes(":") ? name : `${name}:latest`;
  const own = basename(app)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${own || "app"}:latest`;
}
