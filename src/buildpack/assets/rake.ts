import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildImage, RakeFailure } from "../../failure.ts";
import { readBuildImage } from "../../cnb/build-image.ts";
import { finalErrors } from "../../ruby/final-errors.ts";
import type { Command, CommandResult } from "../../system/command.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";
import { type RakeRequest, withNetworkEnvironment } from "../environment/environment.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";

/** The app's own rake, in the environment of the contract. */
export interface Rake {
  /** Variables that only rake gets, because the user did not set them, by name. */
  standIns: readonly string[];
  needs: RakeApp["needs"];
  image: BuildImage;
  run(
    args: readonly string[],
    options?: Pick<Command, "onLine" | "signal">,
  ): Promise<CommandResult>;
}

/** The app that rake runs in. */
export interface RakeApp extends Pick<RakeRequest, "packages"> {
  project: Project;
  installed: Installed;
  /** What gems need from the system. It may still be looked for, and is only needed if rake fails. */
  needs: Promise<RakeFailure["needs"]>;
}

/** The facts about a rake command that failed. */
export async function rakeFailure(
  { needs, image }: Pick<Rake, "needs" | "image">,
  command: string,
  { exitCode, lines }: Pick<CommandResult, "exitCode" | "lines">,
): Promise<RakeFailure> {
  return { command, exitCode, errors: finalErrors(lines), needs: await needs, image };
}

/**
 * Lets `work` run the app's rake. Removes what booting the app leaves behind: Rails' temporary secret
 * after each command, and bootsnap's cache, which is for file times that an image does not have.
 */
export async function withRake<T>(
  context: BuildContext,
  app: RakeApp,
  work: (rake: Rake) => Promise<T>,
): Promise<T> {
  const bootsnapCache = await mkdtemp(join(tmpdir(), "lapidary-bootsnap-"));
  try {
    return await withNetworkEnvironment(context, async (environment) => {
      const { env, standIns } = environment.rake({ ...app, bootsnapCache });
      return await work({
        standIns,
        needs: app.needs,
        image: await readBuildImage(context.env),
        run: await runner(context, app.project, env),
      });
    });
  } finally {
    await removeTree(bootsnapCache);
  }
}

async function runner(
  context: BuildContext,
  { dir }: Project,
  env: Readonly<Record<string, string>>,
): Promise<Rake["run"]> {
  const secret = join(dir, "tmp/local_secret.txt");
  const ownsSecret = (await lstatIfAny(secret)) !== undefined;
  return async (args, options) => {
    const result = await context.run({
      file: "bundle",
      args: ["exec", "rake", ...args],
      cwd: dir,
      env,
      ...options,
      signal: AbortSignal.any([context.signal, options?.signal ?? context.signal]),
    });
    if (!ownsSecret) await removeTree(secret);
    return result;
  };
}
