import { chmod, writeFile } from "node:fs/promises";
import { makeLauncher } from "../../../../src/platform/export/launcher.ts";
import type { StoredBuild } from "../../../../src/platform/state/stored-build.ts";
import type { Step } from "../story.ts";
import { runFromShell } from "../world/spawning-shell.ts";
import { asUser } from "../world/story-sandbox.ts";
import { platformApiOf, type Round } from "./round.ts";

/** Puts the launcher of this image into it and starts the step's program. */
export async function launchStep({ story, ids }: Round, step: Step) {
  const env = launchEnvironment(story.platform_api, step);
  const layers = env["CNB_LAYERS_DIR"] ?? "/layers";
  const app = env["CNB_APP_DIR"] ?? "/workspace";
  const build = { layers, inside: { app, layers }, platformApi: platformApiOf({ story }, step) };
  const { program } = await makeLauncher(build as StoredBuild, "");
  await writeFile("/cnb/lifecycle/launcher", program);
  await chmod("/cnb/lifecycle/launcher", 0o755);
  const { argv0 = "/cnb/lifecycle/launcher", args = [], uid = ids.uid, gid = ids.gid } = step;
  const command = { file: argv0, args, cwd: "/", env };
  const { exitCode, stdout, stderr } = await runFromShell(asUser(command, { uid, gid }));
  return { exit: exitCode, stdout, stderr };
}

function launchEnvironment(platformApi: string | null, step: Step): Record<string, string> {
  const env: Record<string, string | null> = {
    PATH: "/cnb/process:/cnb/lifecycle:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/home/cnb",
    CNB_PLATFORM_API: step.platform_api ?? platformApi,
    ...step.env,
  };
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== null);
  return Object.fromEntries(set);
}
