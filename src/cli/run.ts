import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { runApp } from "../platform/launch/run.ts";
import { stateDirectoryFor } from "../platform/state/state-directory.ts";
import { createCommand, examples } from "./command.ts";
import type { LaunchContext } from "./command-context.ts";
import { envFileOption, envOption, execEnvName, launchOptions, oneValue } from "./options.ts";

export function describeRun() {
  return createCommand("run")
    .summary("run the app's last build")
    .description(
      "Starts the default process of the app's last build, or the command after `--`, in the same " +
        "environment as in a container of its image. The web process listens on PORT, which is 3000 " +
        "unless you set it. Files that the app writes are kept until the next build.",
    )
    .usage("[options] <app> [-- <command...>]")
    .argument("<app>", "the directory of the app")
    .argument("[command...]", "what to run, after `--`; with --process, arguments for that process")
    .addOption(envOption("a variable of the app"))
    .addOption(envFileOption("variables of the app"))
    .option("--process <TYPE>", "the process to start, such as web or worker", oneValue)
    .option(
      "--exec-env <ENV>",
      "start processes for this execution environment, such as `test`: sets CNB_EXEC_ENV",
      execEnvName,
    )
    .addOption(launchOptions.root())
    .addOption(launchOptions.uid())
    .addOption(launchOptions.gid())
    .option("--state <DIR>", "where the build is stored, if you built with --state", oneValue)
    .addHelpText(
      "after",
      examples({
        "lapidary run .": "start the web process on http://localhost:3000",
        "lapidary run . --env PORT=8080": "on another port",
        "lapidary run . --process worker": "start another process",
        "lapidary run . -- bin/rails console": "run a command",
      }),
    );
}

export type RunFlags = ReturnType<ReturnType<typeof describeRun>["opts"]>;

/** Runs a process or a command of the app's last build. Resolves to its exit code. */
export async function runCommand(
  appPath: string,
  command: readonly string[],
  flags: RunFlags,
  context: LaunchContext,
): Promise<number> {
  const { env, cwd, printer, signal, terminal } = context;
  const state = await stateDirectoryFor(appPath, flags.state, context);
  return await runApp({
    state: await realpath(state).catch(() => state),
    root: resolve(cwd, flags.runRoot),
    uid: flags.runUid,
    gid: flags.gid,
    env: {
      ...(await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env)),
      ...(flags.execEnv === undefined ? {} : { CNB_EXEC_ENV: flags.execEnv }),
    },
    process: flags.process,
    command,
    terminal,
    printer,
    signal,
  });
}
