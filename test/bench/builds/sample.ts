import type { Row } from "./timeline.ts";

/** Regular files, and the sum of their sizes. */
export interface Amount {
  files: number;
  bytes: number;
}

/** What one build took and moved. Times are in milliseconds. */
export interface BuildSample {
  /** The whole command, with the export of an image. */
  total: number;
  /** Of all processes of the command. */
  cpu: number;
  detect: number;
  build: number;
  /** What a lifecycle takes to unpack the cached layers, and to archive and hash the layers of the image. */
  restore: number;
  export: number;
  restored: Amount;
  exported: Amount;
  /** Layers that the last image does not have, and their compressed bytes. */
  pushed: { layers: number; bytes: number };
  timeline: readonly Row[];
}

/** What a build takes on a platform with a real lifecycle: its phases, and the modelled cost around them. */
export function platformTime(sample: BuildSample): number {
  return sample.restore + sample.detect + sample.build + sample.export;
}

/** The sample in the middle by `platformTime`, so that all figures of a row are of the same build. */
export function middleOf(samples: readonly BuildSample[]): BuildSample | undefined {
  const sorted = samples.toSorted((a, b) => platformTime(a) - platformTime(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
