import { restore } from "../../../../src/platform/lifecycle/restore.ts";
import type { Step } from "../story.ts";
import { phaseContext, type Round } from "./round.ts";
import { StepNotReached } from "./step-not-reached.ts";

export async function restoreStep(round: Round, step: Step): Promise<void> {
  const { detected, state } = round;
  if (!detected || !state) throw new StepNotReached();
  if (!state.previous) return;
  const hasCache = step.args?.some((arg) => arg.startsWith("-cache")) ?? false;
  const previous = hasCache ? state.previous : { ...state.previous, cache: { buildpacks: [] } };
  const { group } = detected;
  const context = phaseContext(round, step);
  round.restored = await restore({ ...context, group, layersDirectory: "/layers", previous });
}
