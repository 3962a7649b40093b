import * as z from "zod";
import {
  type WantedArtifact,
  wantedArtifacts,
} from "../src/buildpack/interpreter/wanted-artifacts.ts";
import { readBuildpackDescriptor } from "../src/cnb/buildpack-descriptor.ts";
import { BuildpackError } from "../src/failure.ts";
import { isDirectory } from "../src/system/files.ts";

/** A Ruby that an app will be built with. */
export type WantedRuby = WantedArtifact;

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
    const [ruby] = await wantedArtifacts(appDir, await readBuildpackDescriptor(buildpackDir));
    return ruby;
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

const defaults = z.object({ "default-versions": z.object({ jemalloc: z.string() }) });
