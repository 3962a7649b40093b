import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isDirectory } from "../../system/files.ts";
import type { ProjectBuildpack, ProjectDescriptor } from "./project-descriptor.ts";

export interface BuildpackChoice {
  /** Directories of buildpacks, in the order in which they build. */
  directories: string[];
  /** Descriptions of the buildpacks in `project.toml` that this platform cannot use. */
  unavailable: string[];
}

/**
 * The buildpacks of a build: those that the user names, or else those of `project.toml`, or else our own
 * with those that `project.toml` puts before and after it. Only directories can be used, because
 * registries and images need a container platform. Relative paths start at `base`. `own` is used wherever its id is named.
 */
export async function chooseBuildpacks(
  base: string,
  named: readonly string[],
  { group, pre, post }: Pick<ProjectDescriptor, "group" | "pre" | "post">,
  own: { id: string; directory: string },
): Promise<BuildpackChoice> {
  const unavailable: string[] = [];
  const available = async (buildpacks: readonly ProjectBuildpack[]) => {
    const found: string[] = [];
    for (const buildpack of buildpacks) {
      const directory = await directoryOf(base, buildpack, own);
      if (directory === undefined) unavailable.push(nameOf(buildpack));
      else found.push(directory);
    }
    return found;
  };
  const chosen = named.length > 0 ? [...named] : await available(group);
  if (chosen.length > 0) return { directories: chosen, unavailable };
  const around = [await available(pre), [own.directory], await available(post)];
  return { directories: around.flat(), unavailable };
}

async function directoryOf(
  base: string,
  { id, uri, inline }: ProjectBuildpack,
  own: { id: string; directory: string },
): Promise<string | undefined> {
  if (inline) return undefined;
  if ((uri ?? id) === own.id || id === own.id) return own.directory;
  if (uri === undefined) return undefined;
  const path = uri.startsWith("file://") ? pathOf(uri) : resolve(base, uri);
  return path !== undefined && (await isDirectory(path)) ? path : undefined;
}

/** Nothing for the URL of a file on another host. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function nameOf({ id, uri, version, inline }: ProjectBuildpack): string {
  const name = `\`${uri ?? id ?? "without a name"}${version ? `@${version}` : ""}\``;
  return inline ? `${name}, a script in the file` : name;
}
