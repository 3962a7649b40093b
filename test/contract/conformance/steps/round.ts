import { defaultExecEnv } from "../../../../src/cnb/exec-env.ts";
import type { Env } from "../../../../src/cnb/layers/env-modification.ts";
import type { Target } from "../../../../src/cnb/target.ts";
import { createPrinter } from "../../../../src/output/printer.ts";
import { createStyle } from "../../../../src/output/style.ts";
import type { BuildpackOutputs } from "../../../../src/platform/lifecycle/buildpack-outputs.ts";
import type { Detected } from "../../../../src/platform/lifecycle/detect.ts";
import type { LaunchMetadata } from "../../../../src/platform/lifecycle/launch-metadata.ts";
import {
  parsePlatformApi,
  type PlatformApi,
} from "../../../../src/platform/lifecycle/platform-api.ts";
import type { RestoredLayers } from "../../../../src/platform/lifecycle/restore.ts";
import type { OpenState } from "../../../../src/platform/state/state.ts";
import { systemClock } from "../../../../src/system/clock.ts";
import type { Step, Story } from "../story.ts";
import type { Ids } from "../world/ids.ts";
import { storySandbox } from "../world/story-sandbox.ts";

/** One build of a story: what its steps hand to each other. */
export interface Round {
  story: Story;
  ids: Ids;
  userEnv: Env;
  target?: Target;
  detected?: Detected;
  state?: OpenState;
  restored?: RestoredLayers;
  outputs?: BuildpackOutputs[];
  launch?: LaunchMetadata;
}

export function idsOf({ uid = 1000, gid = 1000 }: Story): Ids {
  return { uid, gid };
}

/** What every phase of the platform is given. */
export function phaseContext(round: Round, step: Step) {
  const { ids, target } = round;
  const sandbox = storySandbox(ids);
  return {
    sandbox,
    owner: sandbox.owner,
    platformApi: platformApiOf(round, step),
    printer: createPrinter({
      write: () => {},
      style: createStyle(false),
      clock: systemClock,
      debug: false,
    }),
    debug: false,
    clearCache: step.args?.includes("-skip-layers") ?? false,
    target: target ?? { os: "linux", arch: "amd64" },
    onStep: () => {},
  };
}

/** Platforms that name no API get the platform's default. */
export function platformApiOf({ story }: Pick<Round, "story">, step: Step): PlatformApi {
  return parsePlatformApi(step.platform_api ?? story.platform_api ?? "");
}

export function execEnvOf({ env }: Step): string {
  return env?.["CNB_EXEC_ENV"] ?? defaultExecEnv;
}

/** The environment that a step's program is started with. */
export function stepEnvironment({ ids, story }: Round, step: Step): Record<string, string> {
  const api = step.platform_api ?? story.platform_api;
  const env: Record<string, string | null> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/home/cnb",
    CNB_USER_ID: String(ids.uid),
    CNB_GROUP_ID: String(ids.gid),
    CNB_NO_COLOR: "true",
    CNB_PLATFORM_API: api,
    ...step.env,
  };
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== null);
  return Object.fromEntries(set);
}
