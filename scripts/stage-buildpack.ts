import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../src/failure.ts";
import { writeTarFile } from "../src/oci/tar-file.ts";
import { unpackArchive } from "../src/oci/unpack-archive.ts";
import { failureLines } from "../src/output/print-failure.ts";
import type { Section } from "../src/output/printer.ts";
import { payloadEntries } from "../src/package/buildpack-image.ts";
import { obtainRuntime } from "../src/package/node-runtime.ts";
import type { Architecture } from "../src/package/package-options.ts";
import { checkShippedFiles } from "../src/package/shipped-files.ts";
import { cacheDirectory } from "../src/system/cache-directory.ts";
import { removeTree } from "../src/system/files.ts";

export interface StageRequest {
  /** A checkout whose `dist` is built. */
  checkout: string;
  env: Readonly<Record<string, string>>;
  section: Section;
  signal: AbortSignal;
}

/**
 * Puts the buildpack as it is packaged into `packages/buildpack/linux/<architecture>`, where `package.toml` points:
 * `pack buildpack package` looks for the directory of its target there, and takes every file that it finds.
 *
 * @returns the architectures for which there is no Node, with the reason. Their directories do not exist.
 */
export async function stageBuildpack(request: StageRequest): Promise<Map<Architecture, string>> {
  const missing = new Map<Architecture, string>();
  await checkShippedFiles(request.checkout);
  for (const architecture of ["amd64", "arm64"] as const) {
    try {
      await stage(architecture, request);
    } catch (error) {
      if (!(error instanceof BuildpackError)) throw error;
      if (error.failure.code !== "package/runtime-unavailable") throw error;
      missing.set(architecture, failureLines(error.failure)[2] ?? error.failure.code);
    }
  }
  return missing;
}

async function stage(architecture: Architecture, request: StageRequest): Promise<void> {
  const { checkout, env } = request;
  const directory = join(checkout, "packages/buildpack/linux", architecture);
  await removeTree(directory);
  const runtime = await obtainRuntime({ ...request, architecture, cache: cacheDirectory(env) });
  const entries = await payloadEntries(
    { checkout, architecture, runtime, extra: undefined },
    architecture,
  );
  const archive = `${directory}.tar`;
  try {
    await writeTarFile(archive, entries);
    await mkdir(directory, { recursive: true });
    await unpackArchive({ archive, destination: directory, stripComponents: 1 });
  } finally {
    await removeTree(archive);
  }
}
