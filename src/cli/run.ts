import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { CommandContext } from "./build.ts";
import type { RunFlags } from "./command-line.ts";
import { unprivileged } from "../platform/sandbox/sandbox.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { runApp } from "../platform/launch/run.ts";
import { stateDirectoryFor } from "../platform/state/state-directory.ts";

/** `lapidary run`: runs a process or a command of the app's last build, and ends as it ends. */
export async function runCommandLine(
  line: { app: string } & RunFlags,
  context: CommandContext & { terminal: string | undefined },
): Promise<number> {
  const { env, cwd, printer, signal, terminal } = context;
  const state = await stateDirectoryFor(line.app, line.state, context);
  return await runApp({
    state: await realpath(state).catch(() => state),
    root: resolve(cwd, line.runRoot),
    uid: line.uid ?? unprivileged.uid,
    gid: line.gid ?? unprivileged.gid,
    env: await readGivenVariables(line, env),
    process: line.process,
    command: line.rest,
    terminal,
    printer,
    signal,
  });
}
