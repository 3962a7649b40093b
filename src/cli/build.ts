import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { printBuildSummary } from "../output/build-summary.ts";
import { prepareExport } from "../platform/export/exporter.ts";
import { writeSboms } from "../platform/export/sbom-directory.ts";
import { copyApp } from "../platform/inputs/app-copy.ts";
import { directoriesOfFileUrls } from "../platform/inputs/file-urls.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { refusePlaceInside } from "../platform/inputs/app-place.ts";
import { readGitMetadata } from "../platform/inputs/git-metadata.ts";
import { withBindings } from "../platform/inputs/named-bindings.ts";
import { readVolumes } from "../platform/inputs/volumes.ts";
import { buildApp } from "../platform/lifecycle/build-app.ts";
import { parsePlatformApi } from "../platform/lifecycle/platform-api.ts";
import { claimState } from "../platform/state/claim-state.ts";
import { stateDirectoryFor } from "../platform/state/state-directory.ts";
import type { BuildFlags } from "./build-options.ts";
import { checkResultPlaces, readDescriptor } from "./build-places.ts";
import { machineOptions, openBuildSandbox } from "./build-machine.ts";
import { findBuildpacks } from "./build-buildpacks.ts";
import type { CommandContext } from "./command-context.ts";
import { openGemStoreOption } from "./gem-store-option.ts";
import { writeReport } from "./report-file.ts";

/** `lapidary build`: builds the app, prints the result, and writes the report asked for. */
export async function buildCommand(
  appPath: string,
  flags: BuildFlags,
  context: CommandContext,
): Promise<void> {
  const { env, cwd, printer } = context;
  const statePath = await stateDirectoryFor(appPath, flags.state, context);
  const app = await realpath(resolve(cwd, appPath));
  await refusePlaceInside(app, statePath, "The state folder");
  const places = await checkResultPlaces(app, flags, cwd);
  const { project, directory } = await readDescriptor(app, flags, cwd);
  const given = await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env);
  const volumes = await readVolumes(flags.volume, cwd, flags.workspace);
  const machine = await machineOptions(flags, context);
  const state = await claimState(statePath, flags.state === undefined);
  const line = { app: appPath, ...imageOptions(flags) };
  const exporter = await prepareExport({
    ...{ line, state, target: machine.target, ...context },
    projectMetadata: await readGitMetadata(app),
  });
  const { uid, gid } = flags;
  const store = await openGemStoreOption(flags.gemStore, { app, cwd, uid, gid });
  await exporter?.adopt();
  const built = await withBindings(flags.binding, cwd, async (bindings) => {
    return await buildApp({
      ...machine,
      ...(exporter ? { target: exporter.target } : {}),
      state,
      copyApp: async (destination) => await copyApp(app, destination, project),
      openSandbox: openBuildSandbox(flags, context, {
        binds: [...volumes, ...store.binds],
        shown: await directoriesOfFileUrls(given),
        ownTree: state,
        scratch: join(state, "scratch"),
      }),
      buildpacks: await findBuildpacks(directory, flags.buildpack, project, context),
      platformApi: parsePlatformApi(flags.platformApi),
      execEnv: flags.execEnv,
      env: { ...project.env, ...given, ...store.env },
      bindings,
      keepOutputs: async (outputs) => {
        if (places.sboms !== undefined) await writeSboms(places.sboms, outputs);
      },
      clearCache: flags.clearCache ?? false,
      debug: flags.verbose ?? false,
      printer,
      clock: context.clock,
      signal: context.signal,
    });
  });
  const image = await exporter?.export();
  const report = { ...built, ...(image ? { image } : {}) };
  await printBuildSummary(printer, report);
  if (places.report !== undefined) await writeReport(places.report, report, 0o666 & ~context.umask);
}

function imageOptions(flags: BuildFlags) {
  const { image, runImage, lifecycle, runRoot, buildRoot, insecureRegistry } = flags;
  const { tag, previousImage, defaultProcess, creationTime } = flags;
  return {
    ...{ image, runImage, lifecycle, runRoot, buildRoot, insecureRegistry },
    ...{ tag, previousImage, defaultProcess, creationTime },
  };
}
