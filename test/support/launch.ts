import { execa } from "execa";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readLaunchPlan } from "../../src/platform/launch/launch-plan.ts";
import { launchScript } from "../../src/platform/launch/launch-script.ts";
import { makeTree } from "./tree.ts";

/** Shells that a run image may have as `/bin/sh`. */
export const shells: readonly (readonly [string, ...string[]])[] = [["sh"], ["bash", "--posix"]];

export interface LaunchStory {
  /** Files below the image's root: `app/…`, `layers/…`. Those of exec.d and bin are executable. */
  files?: Readonly<Record<string, string>>;
  /** The text of `layers/config/metadata.toml`. */
  metadata: string;
  platformApi?: string;
  /** The name under which the launcher is called: a process type, or `launcher`. */
  name?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  shell?: readonly [string, ...string[]];
}

export interface Launched {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Where the image stood; `/workspace` is `app` and `/layers` is `layers` in it. */
  root: string;
}

/** Makes an image of the story's files and launches it as the platform would. */
export async function launchStory(story: LaunchStory): Promise<Launched> {
  const files = { "app/": "", "layers/config/metadata.toml": story.metadata, ...story.files };
  const root = await makeTree(files);
  await makeProgramsExecutable(root);
  const inside = { app: join(root, "app"), layers: join(root, "layers") };
  const plan = await readLaunchPlan(inside.layers, inside, story.platformApi ?? "0.10");
  const script = await launchScript(plan);
  const [file, ...options] = story.shell ?? ["sh"];
  const args = [...options, "-c", script, story.name ?? "launcher", ...(story.args ?? [])];
  const env = { PATH: "/usr/bin:/bin", ...story.env };
  // A bash whose standard input is a socket believes to be a remote login and reads `~/.bashrc`.
  const {
    exitCode = -1,
    stdout,
    stderr,
  } = await execa(file, args, {
    env,
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    stripFinalNewline: false,
  });
  return { exitCode, stdout, stderr, root };
}

/** What `env -0` printed, without what the shell itself adds. */
export function variablesIn({ stdout, root }: Launched): Record<string, string> {
  const pairs = stdout.split("\0").filter((pair) => pair !== "");
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1).replaceAll(root, "")] as const;
  });
  return Object.fromEntries(
    entries.filter(([name]) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)),
  );
}

async function makeProgramsExecutable(root: string): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && /\/(exec\.d|bin)\//.test(path)) await chmod(path, 0o755);
  }
}
