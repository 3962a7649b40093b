import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { build } from "../../../../src/platform/lifecycle/build.ts";
import {
  launchMetadataToml,
  mergeLaunch,
} from "../../../../src/platform/lifecycle/launch-metadata.ts";
import { giveTo } from "../../../../src/platform/sandbox/owner.ts";
import { collectSboms } from "../../../../src/platform/lifecycle/collect-sboms.ts";
import { isAtLeast } from "../../../../src/platform/lifecycle/platform-api.ts";
import type { ChangedEntry, Step } from "../story.ts";
import { sourcesOf } from "./detect-step.ts";
import { phaseContext, type Round } from "./round.ts";
import { StepNotReached } from "./step-not-reached.ts";

/** Builds, collects SBOMs, and says what `config/metadata.toml` would hold. */
export async function buildStep(round: Round, step: Step): Promise<Record<string, ChangedEntry>> {
  const { detected } = round;
  if (!detected) throw new StepNotReached();
  const context = { ...phaseContext(round, step), ...sourcesOf(round, step) };
  round.outputs = await build(detected, context);
  round.launch = mergeLaunch(round.outputs, () => {});
  const place = (kind: string) => `/layers/sbom/${kind}`;
  await rm("/layers/sbom", { recursive: true, force: true });
  const kinds = { launch: place("launch"), build: place("build"), cache: place("cache") };
  if (isAtLeast(context.platformApi, "0.9")) await collectSboms(kinds, round.outputs);
  // It is given to the build user as it is exported.
  if (existsSync("/layers/sbom")) await giveTo(context.owner, "/layers/sbom");
  const text = launchMetadataToml(round.launch, context.platformApi);
  return {
    "/layers/config": { type: "directory" },
    "/layers/config/metadata.toml": { type: "file", text },
  };
}
