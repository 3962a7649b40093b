import { dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Printer } from "../../output/printer.ts";
import { bytesOfText } from "../../system/environment/byte-text.ts";
import { writeAtomically } from "../../system/files.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import { openSandbox } from "../sandbox/open-sandbox.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { isWorkspace } from "../sandbox/workspace.ts";
import { openStoredBuild } from "../state/state-in-use.ts";
import { takeLock } from "../state/state-lock.ts";
import type { StoredBuild } from "../state/stored-build.ts";
import { type LaunchPlan, readLaunchPlan } from "./launch-plan.ts";
import { launchScript } from "./launch-script.ts";
import { openRunCopy, type RunCopy } from "./run-copy.ts";
import { imagePath } from "../../system/search-path.ts";

export interface RunOptions {
  /** The state directory in which the app was built. */
  state: string;
  /** The root file system to use as the run image. */
  root: string;
  uid: number;
  gid: number;
  /** Variables for the app, as from `docker run --env`. */
  env: Readonly<Record<string, string>>;
  /** The process type to start; the build's default without it. */
  process?: string | undefined;
  /** A command to run, or arguments for `process` if that is given. */
  command: readonly string[];
  /** The type of the terminal, if there is one. */
  terminal?: string | undefined;
  /** For messages before the app starts. The app itself writes to our own outputs. */
  printer: Printer;
  signal?: AbortSignal;
}

/**
 * Runs a process or a command of the app's last build, as a container of its image would. Resolves to the
 * exit code.
 *
 * @throws BuildpackError `platform/nothing-built`, `platform/process-unknown`, `platform/launch-failed`.
 */
export async function runApp(options: RunOptions): Promise<number> {
  const inUse = await openStoredBuild(options.state);
  if (!inUse) throw new BuildpackError({ code: "platform/nothing-built", path: options.state });
  const { build, release } = inUse;
  const unlock = await lockPlaceOf(build, options.state);
  try {
    return await runBuild(build, options);
  } finally {
    await unlock();
    await release();
  }
}

/** While an app runs at the path where it was built, the next build must not overwrite it. */
async function lockPlaceOf({ inside }: StoredBuild, state: string): Promise<() => Promise<void>> {
  return inside.app.startsWith(`${state}/`) ? await takeLock(join(state, "lock")) : async () => {};
}

async function runBuild(build: StoredBuild, options: RunOptions): Promise<number> {
  const plan = await readLaunchPlan(build.layers, build.inside, build.platformApi);
  const request = launchRequest(plan, options);
  const copy = await openRunCopy(options.state, build);
  // Not on the command line, which all users of the machine can read: layers may contain secrets.
  await writeAtomically(join(copy.platform, "launcher"), bytesOfText(await launchScript(plan)));
  const sandbox = await openLaunchSandbox(copy, build, options);
  try {
    checkPlace(build, sandbox);
    const env = launchEnv(build, sandbox, request, options);
    announce(copy, request, env, options);
    const launcher = join(sandbox.inside.platform, "launcher");
    return await sandbox.attach({
      file: "/bin/sh",
      args: ["-c", `. ${shellQuote(launcher)}`, request.name, ...request.args],
      cwd: sandbox.inside.app,
      env,
    });
  } finally {
    await sandbox.close();
  }
}

/** The name that the launcher is called by, and its arguments. */
interface LaunchRequest {
  name: string;
  args: readonly string[];
}

function launchRequest(plan: LaunchPlan, { process, command }: RunOptions): LaunchRequest {
  const known = plan.processes.map(({ type }) => type);
  if (process !== undefined) {
    if (known.includes(process)) return { name: process, args: command };
    throw new BuildpackError({ code: "platform/process-unknown", type: process, known });
  }
  if (command.length > 0) return { name: "launcher", args: ["--", ...command] };
  if (plan.defaultProcess !== undefined) return { name: plan.defaultProcess, args: [] };
  const choice = known.length > 0 ? `one of ${known.join(", ")} with \`--process\`, or ` : "";
  const problem = `The build has no default process; give ${choice}a command after \`--\``;
  throw new BuildpackError({ code: "platform/launch-failed", problem });
}

async function openLaunchSandbox(
  copy: RunCopy,
  build: StoredBuild,
  options: RunOptions,
): Promise<Sandbox> {
  const { root, uid, gid, signal } = options;
  const { app, layers, platform } = copy;
  return await openSandbox({
    root,
    host: { app, layers, platform },
    buildpacks: [],
    binds: [],
    ownTree: options.state,
    ...(isWorkspace(build.inside.app) ? { inside: { app: build.inside.app } } : {}),
    uid,
    gid,
    ...(signal ? { signal } : {}),
  });
}

/** Layers contain the paths at which they were built, and do not work at others. */
function checkPlace({ inside }: StoredBuild, sandbox: Sandbox): void {
  if (inside.app === sandbox.inside.app && inside.layers === sandbox.inside.layers) return;
  const problem = `It was built at ${inside.app}, but would now run at ${sandbox.inside.app}; build it again`;
  throw new BuildpackError({ code: "platform/launch-failed", problem });
}

function launchEnv(
  { platformApi, inside }: StoredBuild,
  sandbox: Sandbox,
  { name }: LaunchRequest,
  { env, terminal }: RunOptions,
): Record<string, string> {
  return {
    PATH: `/cnb/process:/cnb/lifecycle:${imagePath}`,
    HOME: sandbox.inside.home,
    ...(terminal === undefined ? {} : { TERM: terminal }),
    // Platforms tell a web process its port; 3000 is the default of Ruby servers.
    ...(name === "web" ? { PORT: "3000" } : {}),
    ...env,
    CNB_LAYERS_DIR: inside.layers,
    CNB_APP_DIR: inside.app,
    CNB_PLATFORM_API: platformApi,
    CNB_DEPRECATION_MODE: "quiet",
  };
}

function announce(
  { state, app }: RunCopy,
  { name }: LaunchRequest,
  env: Readonly<Record<string, string>>,
  { printer }: RunOptions,
): void {
  if (state === "renewed") {
    printer.plain(
      "This is the first run of a new build: files that runs of earlier builds wrote are gone,",
      "such as a SQLite database.",
    );
  }
  if (state !== "kept")
    printer.plain(`Files that the app writes are kept in ${dirname(app)} until the next build.`);
  if (name === "web")
    printer.plain(`The web process gets PORT ${env["PORT"]}: http://localhost:${env["PORT"]}`);
}
