import type { NamedStory } from "../stories.ts";
import type { AnswerStep, OurStep } from "../story.ts";
import { compareImages, type KnownLayers } from "./compare-image.ts";
import { compareTrees } from "./compare-tree.ts";
import { type Difference, differences, textDifference } from "./differences.ts";

/** All differences between what the real lifecycle and what the local platform made of a story. */
export function compareStory(
  { area, answer }: NamedStory,
  ours: readonly OurStep[],
  known: KnownLayers,
): Difference[] {
  return answer.steps.flatMap((real, index) => {
    const our = ours[index];
    const where = `step ${index + 1}, ${real.run}`;
    if (!our) return [{ where, real: "a step", ours: "none" }];
    return compareStep(area, where, real, our, known);
  });
}

function compareStep(
  area: string,
  where: string,
  real: AnswerStep,
  ours: OurStep,
  known: KnownLayers,
): Difference[] {
  const ended = compareEnds(where, real, ours);
  if (ended.length > 0) return ended;
  const counts = pathsThatCount(area, real);
  return [
    ...compareTrees(where, real.changed ?? {}, ours.changed ?? {}, counts),
    ...compareRemoved(where, real, ours, counts),
    ...(area === "launch" ? compareOutputs(where, real, ours) : []),
    ...compareAllImages(where, real, ours, known),
  ];
}

/** A phase that fails ends the local platform's build; the real one's next phases fail as well. */
function compareEnds(where: string, real: AnswerStep, ours: OurStep): Difference[] {
  // A program that a signal ended has this exit code for whoever runs it.
  const ended = real.exit ?? 128 + Number(real.signal);
  if (ours.exit === ended || (ours.exit === "not reached" && ended !== 0)) return [];
  const words = [real.stdout, real.stderr].filter(Boolean).join("").trim().split("\n").at(-1) ?? "";
  return [
    {
      where: `${where} exits`,
      real: `${ended}${words ? `: ${words}` : ""}`,
      ours: `${ours.exit}${ours.stderr ? `: ${ours.stderr.trim()}` : ""}`,
    },
  ];
}

/**
 * Of the lifecycle's own files, `group.toml` and `plan.toml` are compared. What a failed phase leaves
 * below `/layers` goes with the build. Answers of some areas tell of `/layers` only what came back.
 */
function pathsThatCount(area: string, { run, exit }: AnswerStep): (path: string) => boolean {
  const isWhole = !["export", "restore", "rebase"].includes(area) || run === "restorer";
  return (path) => {
    if (path === "/layers/analyzed.toml" || path === "/layers/report.toml") return false;
    if (path.startsWith("/out")) return true;
    return isWhole && exit === 0;
  };
}

function compareRemoved(
  where: string,
  real: AnswerStep,
  ours: OurStep,
  counts: (path: string) => boolean,
): Difference[] {
  const listed = (removed: readonly string[] = []) =>
    removed.filter((path) => counts(path) && !/^\/layers\/sbom(\/|$)/.test(path)).sort();
  return differences(`${where} removes`, listed(real.removed), listed(ours.removed));
}

/** What a process printed; what the launcher itself prints is for people. */
function compareOutputs(where: string, real: AnswerStep, ours: OurStep): Difference[] {
  if (real.exit !== 0) return [];
  return textDifference(`${where} prints`, real.stdout ?? "", withNewline(ours.stdout ?? ""));
}

function withNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function compareAllImages(
  where: string,
  { images = {} }: AnswerStep,
  { images: our = {} }: OurStep,
  known: KnownLayers,
): Difference[] {
  return Object.entries(images).flatMap(([repository, real]) => {
    const image = our[repository];
    const place = `${where}, image ${repository}`;
    if (!image) return [{ where: place, real: "an image", ours: "none" }];
    return compareImages(place, real, image, known);
  });
}
