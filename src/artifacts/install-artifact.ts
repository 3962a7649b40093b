import { mkdir, mkdtemp, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Section } from "../output/printer.ts";
import { unpackArchive } from "../oci/unpack-archive.ts";
import type { RunCommand } from "../system/command.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { removeTree } from "../system/files.ts";
import type { Fetcher } from "../system/http/fetcher.ts";
import type { Artifact } from "./artifact.ts";
import { checkCompilable, compile } from "./compile/compile.ts";
import { download, type DownloadPolicy } from "./download.ts";
import { mirrorFor, type Mirrors } from "./mirrors.ts";
import { stripTree } from "./compile/strip-tree.ts";
import type { Toolchain } from "./compile/toolchain.ts";

export interface InstallContext {
  section: Section;
  run: RunCommand;
  /** The whole environment of the commands that run. Compilers are found on its `PATH`. */
  env: Readonly<Record<string, string>>;
  fetcher: Fetcher;
  mirrors: Mirrors;
  signal: AbortSignal;
  /** How many jobs a compilation may run in parallel. */
  cpus: number;
  policy?: DownloadPolicy;
  /** What compiles source. By default, the machine's own tools. */
  toolchain?: Toolchain;
  /**
   * The directory to compile in, and the prefix that is compiled into the result. Fixed paths make the result
   * the same on every machine. By default, a new directory and the destination.
   */
  paths?: { staging: string; prefix: string };
}

export interface InstalledArtifact {
  /** The checksum of the archive, verified if one was known. */
  sha256: string;
}

/**
 * Installs an artifact at `destination` and replaces what is there: downloads it, verifies its SHA-256,
 * unpacks or compiles it next to `destination`, strips it, and moves it into place. After a failure, nothing
 * of it is left.
 *
 * ```
 * <parent>/.ruby-a1B2c3/     removed at the end
 *   archive                  as downloaded
 *   unpacked/                the installed tree, or the source
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

/** It may contain libraries for other processors, which this machine's `strip` does not know. */
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
  if (mirror) section.detail(`From the mirror in \`${mirror.source}\``);
  const request = { url, sha256: artifact.sha256, destination };
  const { sha256 } = await section.timed(
    `Downloading \`${url}\``,
    async (progress) => await download(request, { ...context, progress }),
  );
  if (artifact.sha256) section.detail(`SHA-256 \`${sha256}\`, as in the inventory`);
  else
    section.detail(`SHA-256 \`${sha256}\`; not verified, because upstream publishes no checksum`);
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
  if (artifact.kind !== "source") return unpacked;
  const root = join(staging, "root");
  const prefix = context.paths?.prefix ?? destination;
  return await compile({ artifact, source: unpacked, destination: prefix, root }, context);
}
