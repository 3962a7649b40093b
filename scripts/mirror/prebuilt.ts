import { transform } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installArtifact } from "../../src/artifacts/install-artifact.ts";
import { findSharedLibraries } from "../../src/artifacts/shared-libraries.ts";
import type { Target } from "../../src/cnb/target.ts";
import { runCommand } from "../../src/system/command.ts";
import { removeTree } from "../../src/system/files.ts";
import { createFetcher } from "../../src/system/http/fetcher.ts";
import { imageTime } from "../../src/system/image-time.ts";
import { cacheDirectory } from "../../src/system/cache-directory.ts";
import { cached, withLock } from "../cache.ts";
import { hashFile, type MirroredArchive } from "./archive.ts";
import { ensureTools, toolsForRuby } from "../debian/toolchain.ts";
import { run, type Work } from "../work.ts";

/** What a compiled archive is made from, and its target. */
export interface PrebuiltRequest {
  name: "ruby" | "jemalloc";
  version: string;
  source: MirroredArchive;
  /** This machine: nothing is compiled for another one. */
  target: Target;
}

export interface PrebuiltArchive extends MirroredArchive {
  /** The names of the system's shared libraries that it needs. */
  libraries: string[];
}

/**
 * A release compiled for this machine, with the code that a build compiles with. `bin`, `lib` and so on
 * are at the root of the archive. Only one compilation runs at a time.
 *
 * @throws BuildpackError `compile/*`; Unavailable if tools are missing.
 */
export async function mirrorPrebuilt(
  work: Work,
  request: PrebuiltRequest,
): Promise<PrebuiltArchive> {
  const { name, version, source, target } = request;
  const made = await recipe(name);
  const inputs = { made, source: source.sha256, target };
  const directory = await cached(work, `prebuilt-${name}-${version}`, inputs, async (place) => {
    await withLock(work, "compile", async () => await compileInto(work, place, request));
  });
  const path = join(directory, "archive.tgz");
  const facts = JSON.parse(await readFile(join(directory, "libraries.json"), "utf8")) as string[];
  return { path, sha256: await hashFile(path), libraries: facts };
}

async function compileInto(work: Work, place: string, request: PrebuiltRequest): Promise<void> {
  await ensureTools(work, toolsForRuby);
  // Always the same path, because compilers write it into their output.
  const scratch = join(cacheDirectory(work.env), "compile");
  const tree = join(scratch, request.name);
  try {
    await removeTree(scratch);
    await compile(work, request, tree);
    const { env } = work;
    const { needed } = await findSharedLibraries(tree, { run: runCommand, env });
    await writeFile(join(place, "libraries.json"), JSON.stringify(needed));
    const names = [
      "--sort=name",
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      `--mtime=@${imageTime}`,
    ];
    const archive = join(place, "archive.tgz");
    await run(work, "tar", ["-cf", archive, "-I", "gzip -n", ...names, "-C", tree, "."]);
  } finally {
    await removeTree(scratch);
  }
}

async function compile(work: Work, { name, version, source }: PrebuiltRequest, tree: string) {
  const fetcher = createFetcher({ env: work.env });
  const artifact = {
    name,
    version,
    kind: "source" as const,
    url: pathToFileURL(source.path).href,
    sha256: source.sha256,
    stripComponents: 1,
    builtFor: {},
    origin: "operator" as const,
  };
  const mirrors = { byChecksum: new Map(), byHost: new Map(), fallback: undefined };
  const cpus = availableParallelism();
  try {
    await installArtifact(artifact, tree, { ...work, run: runCommand, fetcher, mirrors, cpus });
  } finally {
    await fetcher.close();
  }
}

/**
 * The code that compiles, without comments, layout and imports: an archive is made again when this
 * changes, but not when a file moves.
 */
async function recipe(name: string): Promise<string[]> {
  const files = [`compile-${name}.ts`, "compile.ts", "strip-tree.ts"];
  return await Promise.all(
    files.map(async (file) => {
      const path = fileURLToPath(new URL(`../../src/artifacts/compile/${file}`, import.meta.url));
      const text = await readFile(path, "utf8");
      const { code } = await transform(text, { loader: "ts", minify: true });
      return code.replaceAll(/\bimport(?=[\s{])[^;]*;/g, "");
    }),
  );
}
