import { resolve } from "node:path";
import { runSlug } from "../classic/compiler/run-slug.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { createCommand, examples } from "./command.ts";
import type { LaunchContext } from "./command-context.ts";
import { envFileOption, envOption, launchOptions, oneValue } from "./options.ts";

export function describeSlugRun() {
  return createCommand("run")
    .summary("run a process of a slug")
    .description(
      "Starts the web process of a slug, or the command after `--`, as a dyno does: in /app, with " +
        "bash, after the scripts in .profile.d. The web process listens on PORT, which is 3000 unless " +
        "you set it. Files that the app writes are deleted when it ends.",
    )
    .usage("[options] <slug> [-- <command...>]")
    .argument("<slug>", "the slug.tgz")
    .argument("[command...]", "what to run, after `--`; with --process, arguments for that process")
    .addOption(envOption("a config var"))
    .addOption(envFileOption("config vars"))
    .option("--process <TYPE>", "a process of the Procfile or of bin/release", oneValue)
    .addOption(launchOptions.root())
    .addOption(launchOptions.uid())
    .addOption(launchOptions.gid())
    .addHelpText(
      "after",
      examples({
        "lapidary slug run slug.tgz": "start the web process",
        "lapidary slug run slug.tgz -- bin/rails console": "run a command",
      }),
    );
}

export type SlugRunFlags = ReturnType<ReturnType<typeof describeSlugRun>["opts"]>;

/** Runs a process or a command of a slug. Resolves to its exit code. */
export async function slugRunCommand(
  slug: string,
  command: readonly string[],
  flags: SlugRunFlags,
  { env, cwd, printer, signal, terminal }: LaunchContext,
): Promise<number> {
  return await runSlug({
    slug: resolve(cwd, slug),
    process: flags.process,
    command,
    configVars: await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env),
    root: resolve(cwd, flags.runRoot),
    uid: flags.runUid,
    gid: flags.gid,
    ...{ terminal, printer, signal },
  });
}
