import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "../cnb/target.ts";
import { BuildpackError } from "../failure.ts";
import { formatBytes } from "../output/build-summary.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { type Artifact, describeTarget } from "./artifact.ts";
import type { ArtifactEntry } from "./artifact-entry.ts";
import type { ArtifactToMake, MakeArtifactContext } from "./artifact-to-make.ts";
import { installArtifact } from "./install-artifact.ts";
import { addToInventory } from "./inventory-file.ts";
import { packArtifact } from "./pack-artifact.ts";
import { openToolchain } from "./compile/open-toolchain.ts";
import { resolveArtifact } from "./resolve-artifact.ts";

/**
 * Compiles a release from its verified source as a build would, packs it as
 * `<name>-<version>-<distro>-<distro version>-<arch>.tgz`, and adds it to the `inventory.toml` next to it.
 * Resolves to the value of `BP_INVENTORY` with which a build installs it.
 *
 * @throws BuildpackError `artifact/no-source` for a version without known source; `artifact/no-compiler`;
 *   and what `installArtifact` throws.
 */
export async function makeArtifact(
  order: ArtifactToMake,
  context: MakeArtifactContext,
): Promise<string> {
  const { section, work, out, machine } = context;
  const target = { ...machine, arch: order.arch };
  const source = findSource(order, context);
  section.say(`\`${order.name} ${source.version}\` from its source, for ${describeTarget(target)}`);
  const toolchain = await openToolchain(order, source, context);
  const tree = join(work, order.name);
  // Compilers write both paths into their output.
  const paths = { staging: join(work, "staging"), prefix: `/layers/lapidary_ruby/${order.name}` };
  await installArtifact(source, tree, { ...context, toolchain, paths });
  const file = archiveName(source, target);
  const packed = await section.timed(`Packing \`${file}\``, async () => {
    return await packArtifact(tree, join(work, file));
  });
  await moveInto(out, work, file);
  section.detail(`${formatBytes(packed.bytes)}, SHA-256 \`${packed.sha256}\``);
  const entry = entryOf(source, target, file, packed.sha256);
  return await addToInventory(join(out, "inventory.toml"), entry);
}

function findSource({ name, version }: ArtifactToMake, context: MakeArtifactContext): Artifact {
  const sources = context.inventory.filter(({ kind }) => kind === "source");
  try {
    const request = { name, version, source: "", target: context.machine };
    return resolveArtifact(sources, request);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure?.code !== "artifact/version-unknown") throw error;
    const { nearest } = failure;
    throw new BuildpackError({ code: "artifact/no-source", name, version, nearest });
  }
}

async function moveInto(out: string, work: string, file: string): Promise<void> {
  try {
    await rename(join(work, file), join(out, file));
  } catch (error) {
    throw diskFailure(error, join(out, file)) ?? error;
  }
}

function archiveName({ name, version }: Artifact, { os, arch, distro }: Target): string {
  const system = distro ? [distro.name, distro.version] : [os];
  return `${[name, version, ...system.filter(Boolean), arch].join("-")}.tgz`;
}

function entryOf(
  { name, version }: Artifact,
  { os, arch, distro }: Target,
  url: string,
  sha256: string,
): ArtifactEntry {
  return {
    name,
    version,
    kind: "prebuilt",
    url,
    sha256,
    "strip-components": 0,
    os,
    arch,
    ...(distro ? { "distro-name": distro.name, "distro-version": distro.version } : {}),
  };
}
