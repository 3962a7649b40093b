import * as z from "zod";
import { readProject } from "../src/buildpack/steps/read-project.ts";
import { readBuildpackDescriptor } from "../src/cnb/buildpack-descriptor.ts";
import { BuildpackError } from "../src/failure.ts";
import { chooseRuby, rubyCandidates } from "../src/ruby/ruby-request.ts";
import { isDirectory } from "../src/system/files.ts";

/** A Ruby that an app will be built with. */
export interface WantedRuby {
  name: string;
  version: string;
  source: string;
}

/**
 * The Ruby that a build of the app will install; `undefined` where the app cannot be read, which the
 * build itself explains better.
 */
export async function wantedRuby(
  appDir: string,
  buildpackDir: string,
): Promise<WantedRuby | undefined> {
  if (!(await isDirectory(appDir))) return undefined;
  try {
    const project = await readProject(appDir);
    const { metadata } = await readBuildpackDescriptor(buildpackDir);
    const { ruby, source } = chooseRuby(
      rubyCandidates({
        lockfileName: project.lockfile,
        lockedRuby: project.locked.rubyVersion,
        rubyVersionFile: project.rubyVersionFile,
        toolVersionsFile: project.toolVersionsFile,
        buildpackDefault: defaults.parse(metadata)["default-versions"].ruby,
      }),
    );
    return { name: ruby.engine, version: ruby.engineVersion ?? ruby.version, source };
  } catch (error) {
    if (error instanceof BuildpackError) return undefined;
    throw error;
  }
}

/** The jemalloc that a build installs where nobody names another. */
export async function wantedJemalloc(buildpackDir: string): Promise<string> {
  const { metadata } = await readBuildpackDescriptor(buildpackDir);
  return defaults.parse(metadata)["default-versions"].jemalloc;
}

const defaults = z.object({
  "default-versions": z.object({ ruby: z.string(), jemalloc: z.string() }),
});
