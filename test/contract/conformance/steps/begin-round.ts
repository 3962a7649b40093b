import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { giveTo } from "../../../../src/platform/sandbox/owner.ts";
import { copyApp } from "../../../../src/platform/inputs/app-copy.ts";
import { readPlatformFiles } from "../../../../src/platform/lifecycle/platform-directory.ts";
import { textOfBytes } from "../../../../src/system/environment/byte-text.ts";
import type { Step } from "../story.ts";
import { phaseContext, type Round } from "./round.ts";

/**
 * Hands app and platform directory of the story to the platform as a user would, and begins a build.
 * The story's own are kept for the next build of the same story.
 */
export async function beginRound(
  story: Round["story"],
  ids: Round["ids"],
  step: Step,
): Promise<Round> {
  const round = { story, ids, userEnv: await readUserEnv() };
  const { owner, sandbox } = phaseContext(round, { ...step, platform_api: "0.14" });
  if (!existsSync("/.given/app")) await rename("/workspace", "/.given/app");
  await rm("/workspace", { recursive: true, force: true });
  // Most stories have no app, and each program that is spared counts.
  if ((await readdir("/.given/app")).length === 0) await mkdir("/workspace", { mode: 0o755 });
  else await copyApp("/.given/app", "/workspace", { include: [], exclude: [] });
  await rm("/.given/platform", { recursive: true, force: true });
  if (existsSync("/platform")) await rename("/platform", "/.given/platform");
  const bindings = await pathsIn("/.given/platform/bindings");
  await sandbox.fillPlatform(await readPlatformFiles({ env: round.userEnv, bindings }));
  await giveTo(owner, sandbox.host.app, sandbox.host.layers, "/platform");
  return round;
}

/** Users give variables by name; what is no file there cannot be given. */
async function readUserEnv(): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const path of await pathsIn("/platform/env")) {
    const isFile = await stat(path)
      .then((stats) => stats.isFile())
      .catch(() => false);
    if (isFile) env[path.slice("/platform/env/".length)] = textOfBytes(await readFile(path));
  }
  return env;
}

async function pathsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.sort().map((name) => join(directory, name));
}
