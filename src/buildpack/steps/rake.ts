import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyEnvModifications } from "../../cnb/env-modification.ts";
import { contractVariables } from "../layers/variables.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { standInVariables } from "../../ruby/stand-in-variables.ts";
import type { CommandResult } from "../../system/command.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import type { BuildContext } from "./build-context.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Installed } from "./install-ruby-and-gems.ts";
import type { Project } from "./read-project.ts";
import { withTrustedCertificates } from "./trust-certificates.ts";

/** The app's own Rake, in the environment that the contract promises. */
export interface Rake {
  /** Variables that only these commands get, because the user set none, by name. */
  standIns: readonly string[];
  run(args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult>;
}

/**
 * Lets `work` run the app's Rake. What the app leaves behind merely because it was booted here, a
 * made-up key and a cache of code that is compiled for this machine's times, is then removed.
 */
export async function withRake<T>(
  context: BuildContext,
  project: Project,
  installed: Installed,
  work: (rake: Rake) => Promise<T>,
): Promise<T> {
  const { platform } = context.input;
  const localSecret = join(project.dir, "tmp/local_secret.txt");
  const hasLocalSecret = (await lstatIfAny(localSecret)) !== undefined;
  const bootsnapCache = await mkdtemp(join(tmpdir(), "lapidary-bootsnap-"));
  try {
    return await withTrustedCertificates(platform.bindings, async (trusted) => {
      const env = rakeEnvironment(context, project, installed, { bootsnapCache, trusted });
      return await work(rakeOf(context, project, env));
    });
  } finally {
    await removeTree(bootsnapCache);
    if (!hasLocalSecret) await removeTree(localSecret);
  }
}

function rakeOf(context: BuildContext, project: Project, env: Record<string, string>): Rake {
  const throwawayKey = randomBytes(64).toString("hex");
  const standIns = standInVariables({ locked: project.locked, env, throwawayKey });
  return {
    standIns: Object.keys(standIns).sort(),
    run: (args, onLine) =>
      context.run({
        file: "bundle",
        args: ["exec", "rake", ...args],
        cwd: project.dir,
        env: { ...env, ...standIns },
        ...(onLine ? { onLine } : {}),
      }),
  };
}

/** What the running app gets, without a secret of its own; the user's values go before ours. */
function rakeEnvironment(
  context: BuildContext,
  project: Project,
  installed: Installed,
  { bootsnapCache, trusted }: { bootsnapCache: string; trusted: Record<string, string> },
): Record<string, string> {
  const { applied } = parseBundleConfig(project.bundleConfig ?? "");
  const { env } = childEnvironment(context.env);
  const user = { BOOTSNAP_CACHE_DIR: bootsnapCache, ...applied, ...env, ...trusted };
  const variables = contractVariables(installed);
  return applyEnvModifications({ ...user, ...installed.bundleGroups }, variables, "build");
}
