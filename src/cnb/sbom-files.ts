import { join } from "node:path";
import { removeTree, writeAtomically } from "../system/files.ts";
import type { BuildpackDescriptor } from "./buildpack-descriptor.ts";
import type { LayerName } from "./names.ts";

export type SbomFormat = "cyclonedx" | "spdx" | "syft";

export interface Sbom {
  format: SbomFormat;
  /** JSON, without times and random identifiers, so that the same input makes the same image. */
  content: string;
}

/** A layer, the app (`launch`) or the build itself (`build`). */
export type SbomSubject = LayerName | "launch" | "build";

/** The formats that the descriptor declares. A lifecycle rejects all others. */
export function declaredSbomFormats(descriptor: BuildpackDescriptor): SbomFormat[] {
  const types = descriptor.buildpack.sbomFormats.map((type) => type.split(";")[0]?.trim());
  const declared = new Set(types);
  return formats.filter((format) => declared.has(mediaTypes[format]));
}

/** Writes the SBOMs of a subject, and removes all others of it. */
export async function writeSboms(
  layersDir: string,
  subject: SbomSubject,
  sboms: readonly Sbom[],
): Promise<void> {
  await removeSboms(layersDir, subject);
  for (const { format, content } of sboms) {
    await writeAtomically(sbomPath(layersDir, subject, format), content);
  }
}

export async function removeSboms(layersDir: string, subject: SbomSubject): Promise<void> {
  await Promise.all(formats.map((format) => removeTree(sbomPath(layersDir, subject, format))));
}

/** The path of a subject's SBOM: `<layers>/<subject>.sbom.<ext>`. */
function sbomPath(layersDir: string, subject: SbomSubject, format: SbomFormat): string {
  return join(layersDir, `${subject}.sbom.${extensions[format]}`);
}

const mediaTypes: Record<SbomFormat, string> = {
  cyclonedx: "application/vnd.cyclonedx+json",
  spdx: "application/spdx+json",
  syft: "application/vnd.syft+json",
};

const extensions: Record<SbomFormat, string> = {
  cyclonedx: "cdx.json",
  spdx: "spdx.json",
  syft: "syft.json",
};

const formats = Object.keys(extensions) as SbomFormat[];
