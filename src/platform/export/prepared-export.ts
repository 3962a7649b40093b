import type { ProjectMetadata } from "../../cnb/project-metadata.ts";
import type { Target } from "../../cnb/target.ts";
import type { Image } from "../../oci/image.ts";
import type { PushResult } from "../../oci/registry/push-image.ts";
import type { Printer, Progress, Section } from "../../output/printer.ts";
import type { ImageLocation } from "./image-location.ts";
import type { ImageWorld } from "./image-world.ts";
import type { Launcher } from "./launcher.ts";
import type { RunImageSource } from "./run-image.ts";

/** The options about the image, as the user typed them. */
interface ImageOptions {
  image: string | undefined;
  runImage: string | undefined;
  runRoot: string | undefined;
  buildRoot: string;
  lifecycle: string | undefined;
  insecureRegistry: readonly string[];
  tag: readonly string[];
  previousImage: string | undefined;
  cacheImage: string | undefined;
  defaultProcess: string | undefined;
  creationTime: string | undefined;
}

export interface ExporterRequest {
  line: { app: string } & ImageOptions;
  state: string;
  /** The target of the build. The distribution of the run image wins over its own. */
  target: Target;
  cwd: string;
  ownBuildpack: string;
  /** Where the app comes from. */
  projectMetadata: ProjectMetadata;
  printer: Printer;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** An export whose options were checked, and whose images were found. */
export interface Prepared extends ExporterRequest {
  destination: ImageLocation;
  /** The image of --previous-image. Without it, the first build reuses the layers of the image that it replaces. */
  previous: ImageLocation | undefined;
  /** The image that keeps the cache. */
  cache: ImageLocation | undefined;
  tags: readonly ImageLocation[];
  created: string;
  source: RunImageSource;
  work: string;
  launcher: Launcher | undefined;
  image: Image | undefined;
  world: ImageWorld;
}

/** Tells the user how far a push has come. */
export function worldTelling(
  { world }: Prepared,
  section: Section,
  progress: Progress,
): ImageWorld {
  return {
    ...world,
    onRetry: (reason) => section.detail(reason),
    onBlob: (done, all) => progress(`Sent ${done} of ${all} blobs`),
  };
}

/** What a push has sent, in words. */
export function describePush({ sentBlobs, sentBytes, knownBlobs }: PushResult): string {
  return `Sent \`${sentBlobs}\` blobs of \`${sentBytes}\` bytes; the registry had \`${knownBlobs}\` others`;
}
