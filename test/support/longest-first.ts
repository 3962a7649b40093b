import { basename } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The stories that take minutes, the longest first; most of them only in the full ring. */
const longest = [
  "rails-new",
  "compiled",
  "arm64-package",
  "slug",
  "image-rails",
  "package",
  "rails",
  "assets",
  "artifact",
  "interrupted",
  "servers",
];

/** Starts the longest files first, so that all workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  if (!moduleId.includes("/integration/")) return longest.length;
  const place = longest.indexOf(basename(moduleId, ".test.ts"));
  return place === -1 ? longest.length : place;
}
