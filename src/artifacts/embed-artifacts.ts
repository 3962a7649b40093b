import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Artifact, fitsTarget } from "./artifact.ts";
import { download, type DownloadContext } from "./download.ts";
import { loadInventory } from "./inventory.ts";
import { mirrorFor, readMirrors } from "./mirrors.ts";
import { type ArtifactRequest, newestOfBranch, resolveArtifact } from "./resolve-artifact.ts";
import type { Target } from "../cnb/target.ts";
import type { Section } from "../output/printer.ts";
import { stringifyToml } from "../toml.ts";

export interface EmbedRequest extends DownloadContext {
  /** What builds install. */
  wanted: readonly Omit<ArtifactRequest, "target">[];
  buildpackDir: string;
  /** `BP_INVENTORY` and mirrors are used as in a build. */
  env: Readonly<Record<string, string>>;
  /** Without a distribution, artifacts for all distributions are embedded. */
  target: Pick<Target, "os" | "arch" | "distro">;
  directory: string;
  section: Section;
}

/**
 * Downloads what builds install, and writes an inventory of the downloaded files:
 *
 *     <directory>/artifacts/<SHA-256>/<file>
 *     <directory>/inventory/embedded.toml
 *
 * Inventories are read in the order of their names, so these entries win over the buildpack's own. Artifacts
 * without a published checksum get one here.
 *
 * @throws BuildpackError `artifact/*` or `download/*`.
 */
export async function embedArtifacts(request: EmbedRequest): Promise<void> {
  const { buildpackDir, directory, env, section } = request;
  const operator = env["BP_INVENTORY"]?.trim();
  const inventory = await loadInventory({ buildpackDir, operator }, request);
  const entries: object[] = [];
  for (const wanted of request.wanted) {
    section.say(`\`${wanted.name} ${wanted.version}\`, from ${wanted.source}`);
    for (const artifact of artifactsFor(inventory, wanted, request.target)) {
      entries.push(await embed(artifact, request));
    }
  }
  await mkdir(join(directory, "inventory"));
  await writeFile(
    join(directory, "inventory/embedded.toml"),
    stringifyToml({ artifacts: entries }),
  );
}

function artifactsFor(
  inventory: readonly Artifact[],
  { name, version: asked, source }: EmbedRequest["wanted"][number],
  target: EmbedRequest["target"],
): Artifact[] {
  const version = newestOfBranch(inventory, { name, version: asked, target }) ?? asked;
  const best = (wanted: Target) =>
    bestForAnyGlibc(inventory, { name, version, source, target: wanted });
  if (target.distro) return best(target);
  const ofVersion = inventory.filter((one) => one.name === name && one.version === version);
  const distros = ofVersion.map(({ builtFor: { distroName, distroVersion } }) => {
    const distro = { name: distroName ?? "", version: distroVersion ?? "" };
    return { ...target, distro };
  });
  const fitting = distros.filter((one) => ofVersion.some((artifact) => fitsTarget(artifact, one)));
  // If nothing fits, this throws the error that a build would throw.
  return [...new Set((fitting.length > 0 ? fitting : [target]).flatMap(best))];
}

/** The build image's C library is not known. If it is too old for a portable archive, the build needs another one. */
function bestForAnyGlibc(inventory: readonly Artifact[], request: ArtifactRequest): Artifact[] {
  const { name, version, target } = request;
  const best = resolveArtifact(inventory, { ...request, target: { ...target, glibc: "999" } });
  const others = inventory.filter(
    (one) => one.name === name && one.version === version && fitsTarget(one, target),
  );
  if (best.kind !== "portable" || others.length === 0) return [best];
  return [best, resolveArtifact(others, request)];
}

async function embed(artifact: Artifact, request: EmbedRequest): Promise<object> {
  const { name, version, kind, stripComponents, builtFor } = artifact;
  const url = mirrorFor(artifact, readMirrors(request.env, []))?.url ?? artifact.url;
  const file = basename(new URL(artifact.url).pathname);
  const staged = join(request.directory, file);
  const { sha256 } = await request.section.timed(`Downloading \`${url}\``, async (progress) => {
    const asked = { url, sha256: artifact.sha256, destination: staged };
    return await download(asked, { ...request, progress });
  });
  const path = join("artifacts", sha256, file);
  await mkdir(join(request.directory, "artifacts", sha256), { recursive: true });
  await rename(staged, join(request.directory, path));
  const { os, arch, distroName, distroVersion, glibc } = builtFor;
  return {
    ...{ name, version, kind, url: `../${path}`, sha256, "strip-components": stripComponents },
    ...{ os, arch, "distro-name": distroName, "distro-version": distroVersion },
    "min-glibc": glibc,
  };
}
