import { digestOf, type LayerBlob } from "../../oci/blob.ts";
import { envOf, type Image, type ImageConfig, withEnv } from "../../oci/image.ts";
import { metadataLabel, type StoredBuild } from "../state/stored-build.ts";

/** A layer of the image, and what its history says of it. */
export interface NamedLayer {
  layer: LayerBlob;
  history: string;
}

/** The layers of an app's image, by what they are to its label. */
export interface ImageParts {
  launch: readonly NamedLayer[];
  sbom: NamedLayer | undefined;
  app: readonly NamedLayer[];
  launcher: NamedLayer;
  config: NamedLayer;
  processTypes: NamedLayer | undefined;
}

export interface ConfigRequest {
  build: StoredBuild;
  runImage: Image;
  parts: ImageParts;
  launcherVersion: string;
  defaultProcess: string | undefined;
}

/** The layers above those of the run image, in the order of the image. */
export function layersOf({ launch, sbom, app, launcher, config, processTypes }: ImageParts) {
  const maybe = (part: NamedLayer | undefined) => (part ? [part] : []);
  return [...launch, ...maybe(sbom), ...app, launcher, config, ...maybe(processTypes)];
}

/**
 * What the image says of itself: the run image's own words, save what a lifecycle's exporter sets.
 *
 * Spec: Platform Interface, exporter, App Image.
 */
export function configOf(request: ConfigRequest): ImageConfig {
  const { build, runImage, parts, defaultProcess } = request;
  const base = runImage.config;
  const { Cmd: _replaced, ...inherited } = base.config;
  const added = layersOf(parts);
  const diffIds = added.map(({ layer }) => layer.diffId);
  return {
    ...base,
    created,
    config: {
      ...inherited,
      Env: withEnv(base.config.Env ?? [], launchEnv(build, base)),
      Entrypoint: [`/cnb/${defaultProcess ? `process/${defaultProcess}` : "lifecycle/launcher"}`],
      WorkingDir: build.inside.app,
      Labels: { ...base.config.Labels, ...labelsOf(request) },
    },
    rootfs: { type: "layers", diff_ids: [...base.rootfs.diff_ids, ...diffIds] },
    history: [
      ...historyOf(base),
      ...added.map(({ history }) => ({ created, created_by: history })),
    ],
  };
}

const created = "1980-01-01T00:00:01Z";

function launchEnv({ inside, platformApi }: StoredBuild, base: ImageConfig) {
  return {
    PATH: ["/cnb/process", "/cnb/lifecycle", envOf(base, "PATH")].filter(Boolean).join(":"),
    CNB_LAYERS_DIR: inside.layers,
    CNB_APP_DIR: inside.app,
    CNB_PLATFORM_API: platformApi,
    CNB_DEPRECATION_MODE: "quiet",
  };
}

/** One line each layer: some tools that squash images lose theirs. */
function historyOf({ history, rootfs }: ImageConfig): NonNullable<ImageConfig["history"]> {
  const own = (history ?? []).map((entry) => ({ ...entry, created }));
  const layers = own.filter(({ empty_layer: isEmpty }) => !isEmpty).length;
  if (layers === rootfs.diff_ids.length) return own;
  return rootfs.diff_ids.map(() => ({ created }));
}

function labelsOf({ build, launcherVersion, ...request }: ConfigRequest): Record<string, string> {
  const buildMetadata = JSON.parse(build.labels[buildMetadataLabel] ?? "{}") as object;
  const source = { git: { repository: "", commit: "" } };
  return {
    ...build.labels,
    [metadataLabel]: JSON.stringify(lifecycleMetadata({ build, ...request })),
    [buildMetadataLabel]: JSON.stringify({
      ...buildMetadata,
      launcher: { version: launcherVersion, source },
    }),
    "io.buildpacks.project.metadata": "{}",
  };
}

const buildMetadataLabel = "io.buildpacks.build.metadata";

/** The image's id: no name that depends on where it stands on this machine. */
function imageIdOf({ config, reference }: Image): string {
  return reference ?? digestOf([Buffer.from(JSON.stringify(config))]);
}

function lifecycleMetadata({
  build,
  runImage,
  parts,
}: Pick<ConfigRequest, "build" | "runImage" | "parts">): object {
  const sha = (part: NamedLayer) => ({ sha: part.layer.diffId });
  const { sbom, app, launcher, config, processTypes } = parts;
  return {
    app: app.map(sha),
    ...(sbom ? { sbom: sha(sbom) } : {}),
    buildpacks: build.image.buildpacks,
    config: sha(config),
    launcher: sha(launcher),
    ...(processTypes ? { "process-types": sha(processTypes) } : {}),
    runImage: {
      topLayer: runImage.config.rootfs.diff_ids.at(-1) ?? "",
      reference: imageIdOf(runImage),
    },
  };
}
