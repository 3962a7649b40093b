import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standInVariables } from "../../ruby/stand-in-variables.ts";
import type { CommandResult } from "../../system/command.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import { appEnvironment } from "../environment/app-environment.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import type { Project } from "../project/read-project.ts";
import { withTrustedCertificates } from "../gems/trust-certificates.ts";

/** The app's own Rake, in the environment that the contract promises. */
export interface Rake {
  /** Variables that only these commands get, because the user set none, by name. */
  standIns: readonly string[];
  run(args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult>;
}

/**
 * Lets `work` run the app's Rake. What the app leaves behind merely because it was booted here is
 * removed: a made-up key after each command, a cache of code that is compiled for this machine's
 * times in the end.
 */
export async function withRake<T>(
  context: BuildContext,
  project: Project,
  installed: Installed,
  work: (rake: Rake) => Promise<T>,
): Promise<T> {
  const localSecret = join(project.dir, "tmp/local_secret.txt");
  const madeUp = (await lstatIfAny(localSecret)) ? undefined : localSecret;
  const bootsnapCache = await mkdtemp(join(tmpdir(), "lapidary-bootsnap-"));
  try {
    return await withTrustedCertificates(context, async (trusted) => {
      const app = appEnvironment(context, project, installed);
      const env = { BOOTSNAP_CACHE_DIR: bootsnapCache, ...app, ...trusted };
      return await work(rakeOf(context, project, env, madeUp));
    });
  } finally {
    await removeTree(bootsnapCache);
  }
}

function rakeOf(
  context: BuildContext,
  project: Project,
  env: Record<string, string>,
  madeUp: string | undefined,
): Rake {
  const throwawayKey = randomBytes(64).toString("hex");
  const standIns = standInVariables({ locked: project.locked, env, throwawayKey });
  return {
    standIns: Object.keys(standIns).sort(),
    run: async (args, onLine) => {
      const result = await context.run({
        file: "bundle",
        args: ["exec", "rake", ...args],
        cwd: project.dir,
        env: { ...env, ...standIns },
        ...(onLine ? { onLine } : {}),
      });
      if (madeUp) await removeTree(madeUp);
      return result;
    },
  };
}
