import { mkdir, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import { readTarget } from "../cnb/target.ts";
import { BuildpackError } from "../failure.ts";
import { printBuildSummary } from "../output/build-summary.ts";
import type { Printer } from "../output/printer.ts";
import type { Clock } from "../system/clock.ts";
import { isDirectory, writeAtomically } from "../system/files.ts";
import { copyApp } from "../platform/inputs/app-copy.ts";
import { buildApp } from "../platform/lifecycle/build-app.ts";
import type { BuildOptions, SandboxRequest } from "../platform/lifecycle/build-options.ts";
import type { BuildFlags } from "./command-line.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { withBindings } from "../platform/inputs/named-bindings.ts";
import { defaultPlatformApi, parsePlatformApi } from "../platform/lifecycle/platform-api.ts";
import { prepareExport } from "../platform/export/exporter.ts";
import { chooseBuildpacks } from "../platform/inputs/project-buildpacks.ts";
import {
  type ProjectDescriptor,
  readProjectDescriptor,
} from "../platform/inputs/project-descriptor.ts";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import { type Sandbox, type SandboxOptions, unprivileged } from "../platform/sandbox/sandbox.ts";
import { directoriesOfFileUrls } from "../platform/inputs/file-urls.ts";
import { architectureOfRoot } from "../platform/sandbox/root-architecture.ts";
import { stateDirectoryFor } from "../platform/state/state-directory.ts";
import { readVolumes } from "../platform/inputs/volumes.ts";
import { diskFailure } from "../system/disk-failure.ts";

/** What a command gets from whoever runs it. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** The directory of the buildpack that builds where the user names no other. */
  ownBuildpack: string;
  printer: Printer;
  clock: Clock;
  signal: AbortSignal;
}

/** `lapidary build`: builds the app, prints what became of it, and writes the report asked for. */
export async function buildCommand(
  line: { app: string } & BuildFlags,
  context: CommandContext,
): Promise<void> {
  const { env, cwd, printer } = context;
  const statePath = await stateDirectoryFor(line.app, line.state, context);
  const app = await realpath(resolve(cwd, line.app));
  const project = await readProjectDescriptor(app);
  const given = await readGivenVariables(line, env);
  const binds = await readVolumes(line.volumes, cwd);
  const machine = await machineOptions(line, context);
  const state = await ensureDirectory(statePath);
  const exporter = await prepareExport({ line, state, target: machine.target, ...context });
  await exporter?.adopt();
  const built = await withBindings(line.bindings, cwd, async (bindings) => {
    return await buildApp({
      ...machine,
      ...(exporter ? { target: exporter.target } : {}),
      state,
      copyApp: async (destination) => await copyApp(app, destination, project),
      openSandbox: sandboxOpener(line, context, {
        binds,
        shown: await directoriesOfFileUrls(given),
        ownTree: state,
        scratch: join(state, "scratch"),
      }),
      buildpacks: await buildpacksFor(app, line, project, context),
      platformApi: parsePlatformApi(line.platformApi ?? defaultPlatformApi),
      env: { ...project.env, ...given },
      bindings,
      clearCache: line.clearCache,
      debug: line.verbose,
      printer,
      clock: context.clock,
      signal: context.signal,
    });
  });
  const image = await exporter?.export();
  const report = { ...built, ...(image ? { image } : {}) };
  await printBuildSummary(printer, report);
  if (line.report === undefined) return;
  await writeAtomically(resolve(cwd, line.report), `${JSON.stringify(report, undefined, 2)}\n`);
}

async function machineOptions(
  { buildRoot, runRoot }: BuildFlags,
  { env, cwd }: CommandContext,
): Promise<Pick<BuildOptions, "target" | "imageEnv" | "buildConfig">> {
  const root = resolve(cwd, buildRoot);
  const buildConfig = join(root, "cnb/build-config");
  const runs = resolve(cwd, runRoot ?? buildRoot);
  const arch = await architectureOfRoot(runs);
  return {
    target: await readTarget({}, { root: runs, ...(arch === undefined ? {} : { arch }) }),
    imageEnv: imageEnvironment(root, env),
    ...((await isDirectory(buildConfig)) ? { buildConfig } : {}),
  };
}

/** A root file system has no environment of its own; it gets what images have, and our proxies. */
function imageEnvironment(root: string, env: CommandContext["env"]): Record<string, string> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  const result: Record<string, string> = {
    PATH: (root === "/" ? env["PATH"] : undefined) ?? imagePath,
  };
  for (const name of names.flatMap((name) => [name, name.toLowerCase()])) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** What images have for a `PATH` unless they say otherwise. */
export const imagePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

async function buildpacksFor(
  app: string,
  { buildpacks }: BuildFlags,
  project: ProjectDescriptor,
  { cwd, ownBuildpack, printer }: CommandContext,
): Promise<string[]> {
  const named = buildpacks.map((path) => resolve(cwd, path));
  const { id } = (await readBuildpackDescriptor(ownBuildpack)).buildpack;
  const own = { id, directory: ownBuildpack };
  const { directories, unavailable } = await chooseBuildpacks(app, named, project, own);
  for (const name of unavailable) {
    printer.plain(
      `Warning: project.toml names the buildpack ${name}, which is no directory on this machine; it is left out. Give it by --buildpack DIR.`,
    );
  }
  return directories;
}

function sandboxOpener(
  { buildRoot, uid, gid, network }: BuildFlags,
  { cwd, printer, signal }: CommandContext,
  places: Pick<SandboxOptions, "binds" | "shown" | "ownTree" | "scratch">,
): (request: SandboxRequest) => Promise<Sandbox> {
  return async ({ host, buildpacks }) => {
    const sandbox = await openSandbox({
      root: resolve(cwd, buildRoot),
      host,
      buildpacks: buildpacks.map((one) => ({
        inside: `/cnb/buildpacks/${one.path}`,
        host: one.host,
      })),
      ...places,
      uid: uid ?? unprivileged.uid,
      gid: gid ?? unprivileged.gid,
      network: network ? "host" : "none",
      signal,
    });
    printer.plain(`Builds ${sandbox.describe()}.`, "");
    return sandbox;
  };
}

/** Node's own recursive `mkdir` never ends where a file system makes no directories, as in `/proc`. */
async function makePrivateDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makePrivateDirectory(parent);
  await mkdir(path, { mode: 0o700 });
}

/** Only for its owner: layers may hold secrets, and the app may come from a private directory. */
async function ensureDirectory(path: string): Promise<string> {
  try {
    await makePrivateDirectory(path);
    return await realpath(path);
  } catch (error) {
    const failure = { code: "system/not-writable", path } as const;
    throw diskFailure(error, path) ?? new BuildpackError(failure, { cause: error });
  }
}
