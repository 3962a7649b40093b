import { writePlatformFiles } from "../../../../src/platform/sandbox/platform-files.ts";
import type { Sandbox } from "../../../../src/platform/sandbox/sandbox.ts";
import type { Command } from "../../../../src/system/command.ts";
import { type Ids, isRoot } from "./ids.ts";
import { runFromShell } from "./spawning-shell.ts";

/** Runs commands of a story in the root that the worker is in, as the story's build user. */
export function storySandbox(ids: Ids): Sandbox {
  const host = { app: "/workspace", layers: "/layers", platform: "/platform" };
  const run = async (command: Command) => await runFromShell(asUser(command, ids));
  return {
    inside: { ...host, buildpacks: "/cnb/buildpacks", home: "/home/cnb" },
    host,
    ids,
    owner: isRoot ? ids : undefined,
    fillPlatform: async (files) => await writePlatformFiles(host.platform, files),
    run,
    attach: async (command) => (await run(command)).exitCode,
    describe: () => "in a root of its own",
    close: async () => {},
  };
}

/** Without root, the worker is the build user already. */
export function asUser(command: Command, { uid, gid }: Ids): Command {
  if (!isRoot) return command;
  const become = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--inh-caps=-all"];
  const args = [...become, "--", command.file, ...command.args];
  return { ...command, file: "/usr/bin/setpriv", args };
}
