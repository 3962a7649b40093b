import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDirectory } from "../../../src/system/files.ts";
import { runCommand } from "../../../src/system/command.ts";
import { discardTree } from "../../../src/system/tree.ts";
import type { Scenario } from "./scenarios.ts";

/** Where one subject builds one app. */
export interface Place {
  root: string;
  app: string;
  state: string;
  image: string;
  report: string;
}

export async function makePlace(root: string): Promise<Place> {
  await mkdir(root, { recursive: true });
  const at = (name: string) => join(root, name);
  return {
    ...{ root, app: at("app"), state: at("state") },
    ...{ image: at("image"), report: at("report.json") },
  };
}

/** Puts a fresh copy of the app and what earlier builds have left into place. */
export async function restart(place: Place, app: string, finds: Scenario["finds"]): Promise<void> {
  for (const path of [place.app, place.state, place.image]) {
    await discardTree(path);
  }
  await copy(app, place.app);
  if (finds !== "nothing") await copy(join(place.root, "kept/image"), place.image);
  if (finds === "build") await copy(join(place.root, "kept/state"), place.state);
}

/** Keeps what the first build left, for the builds that begin with it. */
export async function keep({ root, state, image }: Place): Promise<void> {
  if (await hasKept({ root })) return;
  const kept = join(root, "kept");
  await mkdir(kept);
  await copy(state, join(kept, "state"));
  await copy(image, join(kept, "image"));
}

export async function hasKept({ root }: Pick<Place, "root">): Promise<boolean> {
  return await isDirectory(join(root, "kept"));
}

/** With owners, times and links. */
async function copy(from: string, to: string): Promise<void> {
  const args = ["-a", "--reflink=auto", from, to];
  const env = { PATH: "/usr/bin:/bin" };
  const { exitCode, stderr } = await runCommand({ file: "cp", args, cwd: "/", env });
  if (exitCode !== 0) throw new Error(stderr);
}
