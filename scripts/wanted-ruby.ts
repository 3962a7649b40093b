import {
  type WantedArtifact,
  wantedArtifacts,
} from "../src/buildpack/interpreter/wanted-artifacts.ts";
import { readDefaultVersions } from "../src/buildpack/default-versions.ts";
import { readBuildpackDescriptor } from "../src/cnb/buildpack-descriptor.ts";
import { BuildpackError } from "../src/failure.ts";
import { isDirectory } from "../src/system/files.ts";

/** The Ruby that an app will be built with. */
export type WantedRuby = WantedArtifact;

/**
 * The Ruby that a build of the app will install with these variables; `undefined` if the app cannot be read, because the
 * build has a better error message.
 */
export async function wantedRuby(
  appDir: string,
  buildpackDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<WantedRuby | undefined> {
  if (!(await isDirectory(appDir))) return undefined;
  try {
    const [ruby] = await wantedArtifacts(appDir, await readBuildpackDescriptor(buildpackDir), env);
    return ruby;
  } catch (error) {
    if (error instanceof BuildpackError) return undefined;
    throw error;
  }
}

/** The default jemalloc of builds. */
export async function wantedJemalloc(buildpackDir: string): Promise<string> {
  const { metadata } = await readBuildpackDescriptor(buildpackDir);
  return readDefaultVersions(metadata).jemalloc;
}
