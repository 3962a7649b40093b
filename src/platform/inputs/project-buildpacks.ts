import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDirectory } from "../../system/files.ts";
import type { ProjectBuildpack, ProjectDescriptor } from "./project-descriptor.ts";

export interface BuildpackChoice {
  /** Directories of buildpacks, in the order in which they build. */
  directories: string[];
  /** What `project.toml` names and this platform cannot have, in words. */
  unavailable: string[];
}

/**
 * The buildpacks of a build: those that the user names, else those of `project.toml`, else our own,
 * with those that `project.toml` puts before and after. Only directories can be had here, since
 * registries and images need a container platform; `own` stands for every mention of its id.
 */
export async function chooseBuildpacks(
  app: string,
  named: readonly string[],
  { group, pre, post }: Pick<ProjectDescriptor, "group" | "pre" | "post">,
  own: { id: string; directory: string },
): Promise<BuildpackChoice> {
  const unavailable: string[] = [];
  const available = async (buildpacks: readonly ProjectBuildpack[]) => {
    const found: string[] = [];
    for (const buildpack of buildpacks) {
      const directory = await directoryOf(app, buildpack, own);
      if (directory === undefined) unavailable.push(nameOf(buildpack));
      else found.push(directory);
    }
    return found;
  };
  const before = await available(pre);
  const main = named.length > 0 ? [...named] : await available(group);
  const after = await available(post);
  if (main.length === 0) main.push(own.directory);
  return { directories: [...before, ...main, ...after], unavailable };
}

async function directoryOf(
  app: string,
  { id, uri, inline }: ProjectBuildpack,
  own: { id: string; directory: string },
): Promise<string | undefined> {
  if (inline) return undefined;
  if ((uri ?? id) === own.id || id === own.id) return own.directory;
  if (uri === undefined) return undefined;
  const path = uri.startsWith("file://") ? fileURLToPath(uri) : resolve(app, uri);
  return (await isDirectory(path)) ? path : undefined;
}

function nameOf({ id, uri, version, inline }: ProjectBuildpack): string {
  const name = `\`${uri ?? id ?? "without a name"}${version ? `@${version}` : ""}\``;
  return inline ? `${name}, a script in the file` : name;
}
