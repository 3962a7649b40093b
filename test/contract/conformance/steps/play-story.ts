import { BuildpackError } from "../../../../src/failure.ts";
import { exitCodeOf } from "../../../../src/platform/lifecycle/exit-code.ts";
import type { OurStep, Step, Story } from "../story.ts";
import { isRoot } from "../world/ids.ts";
import { buildpackEntries } from "../world/make-buildpacks.ts";
import { makeEntries } from "../world/make-entries.ts";
import { difference, observe } from "../world/observe-tree.ts";
import { forgetImage, pushImages } from "../world/registry.ts";
import { readExported } from "../world/read-exported.ts";
import { resetRoot } from "../world/reset-root.ts";
import type { Played } from "../worker-pool.ts";
import { analyzeStep } from "./analyze-step.ts";
import { beginRound } from "./begin-round.ts";
import { buildStep } from "./build-step.ts";
import { detectStep } from "./detect-step.ts";
import { exportStep } from "./export-step.ts";
import { launchStep } from "./launch-step.ts";
import { rebaseStep } from "./rebase-step.ts";
import { restoreStep } from "./restore-step.ts";
import { idsOf, type Round } from "./round.ts";
import { StepNotReached } from "./step-not-reached.ts";

/** Plays a story by the local platform, in the root that this process is in. */
export async function playStory(story: Story): Promise<Played> {
  const ids = idsOf(story);
  const needsRoot = [ids, ...story.steps].some(
    ({ uid = 1000, gid = 1000 }) => uid !== 1000 || gid !== 1000,
  );
  if (needsRoot && !isRoot) return { steps: [], notShown: "only root can be another user" };
  resetRoot(ids);
  makeEntries((story.buildpacks ?? []).flatMap(buildpackEntries), { uid: 0, gid: 0 });
  if (story.order !== undefined)
    makeEntries([{ path: "/cnb/order.toml", content: story.order }], ids);
  makeEntries(story.tree ?? [], ids);
  await pushImages(story);
  const steps: OurStep[] = [];
  let round: Round | undefined;
  for (const step of story.steps) {
    await prepareStep(step, ids);
    if (!round || step.run === "analyzer") {
      await round?.state?.close();
      round = await newRound(story, step);
    }
    steps.push(await playStep(round, step));
  }
  await round?.state?.close();
  return { steps };
}

async function prepareStep({ before = [] }: Step, ids: Round["ids"]): Promise<void> {
  makeEntries(before, ids);
  for (const { type, repo = "" } of before) if (type === "forget-image") await forgetImage(repo);
}

async function newRound(story: Story, step: Step): Promise<Round> {
  const ids = idsOf(story);
  if (step.run === "launch") return { story, ids, userEnv: {} };
  return await beginRound(story, ids, step);
}

async function playStep(round: Round, step: Step): Promise<OurStep> {
  const before = observe();
  const outcome = await outcomeOf(round, step);
  const { virtual = {}, ...rest } = outcome;
  const { changed, removed } = difference(before, observe());
  if (["exporter", "rebaser"].includes(step.run)) rest.images = await readExported(round.story);
  return { run: step.run, ...rest, changed: { ...changed, ...virtual }, removed };
}

type Outcome = Omit<OurStep, "run" | "changed"> & { virtual?: NonNullable<OurStep["changed"]> };

async function outcomeOf(round: Round, step: Step): Promise<Outcome> {
  try {
    return await perform(round, step);
  } catch (error) {
    if (error instanceof StepNotReached) return { exit: "not reached" };
    if (error instanceof BuildpackError) {
      return { exit: exitCodeOf(error), stderr: JSON.stringify(error.failure) };
    }
    return { exit: `crash: ${(error as Error).stack ?? String(error)}` };
  }
}

async function perform(round: Round, step: Step): Promise<Outcome> {
  switch (step.run) {
    case "analyzer":
      await analyzeStep(round, step);
      return { exit: 0 };
    case "detector":
      return { exit: 0, virtual: await detectStep(round, step) };
    case "restorer":
      await restoreStep(round, step);
      return { exit: 0 };
    case "builder":
      return { exit: 0, virtual: await buildStep(round, step) };
    case "exporter":
      await exportStep(round, step);
      return { exit: 0 };
    case "rebaser":
      await rebaseStep(round, step);
      return { exit: 0 };
    case "launch":
      return await launchStep(round, step);
    default:
      return { exit: `the local platform has no ${step.run}` };
  }
}
