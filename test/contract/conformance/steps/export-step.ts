import { mkdir, writeFile } from "node:fs/promises";
import { creationTime } from "../../../../src/platform/export/creation-time.ts";
import type { ProjectMetadata } from "../../../../src/cnb/project-metadata.ts";
import { decodeToml } from "../../../../src/cnb/toml-file.ts";
import { BuildpackError } from "../../../../src/failure.ts";
import * as z from "zod";
import { exportImage } from "../../../../src/platform/export/export-image.ts";
import { readLauncher } from "../../../../src/platform/export/launcher.ts";
import { readLauncherSboms } from "../../../../src/platform/export/launcher-sboms.ts";
import {
  buildMetadataLabel,
  execEnvLabel,
  launchMetadataToml,
} from "../../../../src/platform/lifecycle/launch-metadata.ts";
import { openStoredBuild } from "../../../../src/platform/state/state-in-use.ts";
import { storeLayers, storeRest } from "../../../../src/platform/lifecycle/store-layers.ts";
import type { Step } from "../story.ts";
import { pull, repositoryOf, repositoryPath } from "../world/registry.ts";
import { exportWork, stateDirectory } from "./analyze-step.ts";
import { execEnvOf, phaseContext, type Round } from "./round.ts";
import { StepNotReached } from "./step-not-reached.ts";
import { imageWorld } from "../../../support/images/image-world.ts";

/** Stores the build as the platform does, and exports it. */
export async function exportStep(round: Round, step: Step): Promise<void> {
  await store(round, step);
  const inUse = await openStoredBuild(stateDirectory);
  if (!inUse) throw new StepNotReached();
  const { args = [] } = step;
  const [repository = "", ...others] = [...new Set(namesIn(args).map(repositoryOf))];
  const processType = args.indexOf("-process-type");
  const { program } = await readLauncher("/opt/launcher");
  await exportImage({
    build: inUse.build,
    ids: round.ids,
    runImage: await pull("run", round.target?.arch),
    launcher: {
      ...{ program, version: "0.21.17" },
      sboms: await readLauncherSboms("/cnb/lifecycle", ""),
    },
    destination: { kind: "oci", path: repositoryPath(repository), name: undefined },
    tags: others.map((path) => ({ kind: "oci", path: repositoryPath(path), name: undefined })),
    name: repository,
    ...(processType === -1 ? {} : { defaultProcess: args[processType + 1] }),
    created: creationTime({
      option: undefined,
      env: { SOURCE_DATE_EPOCH: step.env?.["SOURCE_DATE_EPOCH"] ?? undefined },
      now: () => new Date(),
    }),
    projectMetadata: projectMetadataOf(round.story),
    work: exportWork,
    world: imageWorld,
  });
  await inUse.release();
}

/** The names of the image, which follow the options. */
function namesIn(args: readonly string[]): string[] {
  const first = args.findIndex((arg, at) => !arg.startsWith("-") && !args[at - 1]?.startsWith("-"));
  return args.slice(first);
}

/** A platform writes this file; here, the story does. */
function projectMetadataOf({ tree = [] }: Round["story"]): ProjectMetadata {
  const file = tree.find(({ path }) => path === "/layers/project-metadata.toml");
  const read = decodeToml(file?.content ?? "", z.looseObject({}));
  if (read.state === "invalid") {
    throw new BuildpackError({
      code: "cnb/file-invalid",
      path: "/layers/project-metadata.toml",
      problem: read.problem,
    });
  }
  const { source } = read.value as ProjectMetadata;
  return source ? { source } : {};
}

async function store(round: Round, step: Step): Promise<void> {
  const { outputs, launch, state, ids, restored = new Map() } = round;
  if (!outputs || !launch || !state) throw new StepNotReached();
  const { sandbox, platformApi } = phaseContext(round, step);
  const { inside } = sandbox;
  const { staged, previous } = state;
  const stored = await storeLayers({
    ...{ outputs, staged, previous, restored, inside, ids },
    warn: () => {},
  });
  const metadataToml = launchMetadataToml(launch, platformApi);
  await storeRest(sandbox.host, outputs, staged, { metadataToml, platformApi });
  const labels = {
    "io.buildpacks.build.metadata": buildMetadataLabel(launch, platformApi),
    ...execEnvLabel(platformApi, execEnvOf(step)),
  };
  const buildpackLabels = Object.fromEntries(launch.labels.map(({ key, value }) => [key, value]));
  const { image, cache } = stored;
  await state.commit({ inside, ids, platformApi, labels, buildpackLabels, image, cache });
  await mkdir("/cache", { recursive: true });
  await writeFile("/cache/kept", "");
}
