import { mkdir, mkdtemp, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Section } from "../output/printer.ts";
import { unpackArchive } from "../oci/unpack-archive.ts";
import type { RunCommand } from "../system/command.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { removeTree } from "../system/files.ts";
import type { Fetcher } from "../system/http.ts";
import type { Artifact } from "./artifact.ts";
import { checkCompilable, compile } from "./compile/compile.ts";
import { download, type DownloadPolicy } from "./download.ts";
import { mirrorFor, type Mirrors } from "./mirrors.ts";
import { stripTree } from "./compile/strip-tree.ts";
import type { Toolchain } from "./compile/toolchain.ts";

export interface InstallContext {
  section: Section;
  run: RunCommand;
  /** The whole environment of the commands that are run: compilers are found on its `PATH`. */
  env: Readonly<Record<string, string>>;
  fetcher: Fetcher;
  mirrors: Mirrors;
  signal: AbortSignal;
  /** How many jobs a compilation may run at once. */
  cpus: number;
  policy?: DownloadPolicy;
  /** What compiles a source; the machine's own unless stated. */
  toolchain?: Toolchain;
  /**
   * A directory to compile in, and where the result takes itself to be, so that it is the same wherever
   * it is made; unless stated, a new directory and the destination.
   */
  paths?: { staging: string; prefix: string };
}

export interface InstalledArtifact {
  /** Of the archive: what was verified, or what nobody vouched for. */
  sha256: string;
}

/**
 * Installs an artifact at `destination`, replacing what stands there: downloads it, verifies its
 * SHA-256, then unpacks or compiles it beside `destination`, strips it, and moves it into place. After
 * a failure nothing of it is left, neither there nor beside it.
 *
 * ```
 * <parent>/.ruby-a1B2c3/     removed in the end
 *   archive                  as downloaded
 *   unpacked/                the tree, or the source of one
 *   root/                    where a compiled tree is installed
 * ```
 *
 * @throws BuildpackError `download/*`, `artifact/unpack-failed`, `compile/*`, `system/*`.
 */
export async function installArtifact(
  artifact: Artifact,
  destination: string,
  context: InstallContext,
): Promise<InstalledArtifact> {
  if (artifact.kind === "source") await checkCompilable(artifact, context);
  const staging = await makeStaging(destination, context.paths?.staging);
  try {
    const archive = join(staging, "archive");
    const sha256 = await downloadArtifact(artifact, archive, context);
    const tree = await makeTree(artifact, archive, { staging, destination }, context);
    if (!servesAnyArch(artifact)) await stripTree(tree, context);
    await removeTree(destination);
    await rename(tree, destination);
    return { sha256 };
  } finally {
    await removeTree(staging);
  }
}

/** It may hold libraries for other processors, of which this machine's `strip` knows nothing. */
function servesAnyArch({ kind, builtFor }: Artifact): boolean {
  return kind === "prebuilt" && builtFor.arch === undefined;
}

async function makeStaging(destination: string, wanted: string | undefined): Promise<string> {
  const parent = dirname(destination);
  try {
    await mkdir(wanted ?? parent, { recursive: true });
    if (wanted !== undefined) return wanted;
    return await mkdtemp(join(parent, `.${basename(destination)}-`));
  } catch (error) {
    throw diskFailure(error, parent) ?? error;
  }
}

async function downloadArtifact(
  artifact: Artifact,
  destination: string,
  context: InstallContext,
): Promise<string> {
  const { section } = context;
  const mirror = mirrorFor(artifact, context.mirrors);
  const url = mirror?.url ?? artifact.url;
  if (mirror) section.detail(`The mirror of \`${mirror.source}\` serves it`);
  const request = { url, sha256: artifact.sha256, destination };
  const { sha256 } = await section.timed(
    `Downloading \`${url}\``,
    async () => await download(request, context),
  );
  if (artifact.sha256) section.detail(`SHA-256 \`${sha256}\`, as the inventory says`);
  else section.detail(`SHA-256 \`${sha256}\`; nobody vouches for it, since none is published`);
  return sha256;
}

async function makeTree(
  artifact: Artifact,
  archive: string,
  { staging, destination }: { staging: string; destination: string },
  context: InstallContext,
): Promise<string> {
  const unpacked = join(staging, "unpacked");
  await mkdir(unpacked);
  await context.section.timed("Unpacking", async () => {
    const { stripComponents } = artifact;
    await unpackArchive({
      archive,
      destination: unpacked,
      stripComponents,
      runTool: async (file, args) =>
        await context.run({ file, args, cwd: staging, env: context.env }),
    });
  });
  if (artifact.kind === "prebuilt") return unpacked;
  const root = join(staging, "root");
  const prefix = context.paths?.prefix ?? destination;
  return await compile({ artifact, source: unpacked, destination: prefix, root }, context);
}
