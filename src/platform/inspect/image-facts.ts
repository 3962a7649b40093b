import type { ReportedProcess, ReportedVariable } from "../report/build-report.ts";

/** What an image that buildpacks have built says of itself. Sizes are in bytes. */
export interface ImageFacts {
  /** As the user typed it. */
  image: string;
  architecture: string;
  os: string;
  /** In RFC 3339. */
  created?: string;
  user?: string;
  workingDirectory?: string;
  entrypoint: string[];
  /** Whether a lifecycle has labelled it. */
  wasBuilt: boolean;
  runImage: RunImageFacts;
  buildpacks: { id: string; version: string }[];
  /** From the lowest to the topmost. */
  layers: LayerFacts[];
  processes: ReportedProcess[];
  defaultProcess?: string;
  /** The variables of the image. A value that may be a secret is absent. */
  imageEnvironment: { name: string; value?: string }[];
  /** What the layers set for the app, as the launcher applies it. */
  environment: ReportedVariable[];
  /** What the bills of materials list, in the order of layers. */
  software: SoftwareFacts[];
}

export interface RunImageFacts {
  /** The name by which a rebase looks for a newer one. */
  name?: string;
  reference?: string;
  distribution?: string;
  layers: number;
  /** Compressed, as they are stored. */
  bytes: number;
}

export interface LayerFacts {
  digest: string;
  diffId: string;
  /** Compressed, as it is stored. */
  bytes: number;
  /** The sum of the sizes of its files; absent for layers of the run image, which are not read. */
  fileBytes?: number;
  part: LayerPart;
  /** Those of a layer that a buildpack has made. */
  buildpack?: string;
  name?: string;
  types?: { launch: boolean; build: boolean; cache: boolean };
  /** What the buildpack recorded of it: strings, numbers and booleans. */
  metadata?: Record<string, string>;
}

export type LayerPart =
  | "run image"
  | "buildpack"
  | "bill of materials"
  | "app"
  | "launcher"
  | "launcher configuration"
  | "process types"
  | "unknown";

export interface SoftwareFacts {
  buildpack: string;
  /** The layer; absent for a bill of the whole buildpack. */
  layer?: string;
  name: string;
  version: string;
  purl?: string;
}
