import { digestOf, type LayerBlob } from "../../oci/blob.ts";
import { envOf, type Image, type ImageConfig, withEnv } from "../../oci/image.ts";
import { labelJson, parseLabelJson } from "../state/label-json.ts";
import { isAtLeast } from "../lifecycle/platform-api.ts";
import type { ProjectMetadata } from "../../cnb/project-metadata.ts";
import { metadataLabel, type StoredBuild } from "../state/stored-build.ts";

/** A layer of the image, and its description in the history. */
export interface NamedLayer {
  layer: LayerBlob;
  history: string;
}

/** The layers of an app's image, grouped as in its label. */
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
  /** The time of creation in RFC 3339. */
  created: string;
  projectMetadata: ProjectMetadata;
}

/** The layers above those of the run image, in the order of the image. */
export function layersOf({ launch, sbom, app, launcher, config, processTypes }: ImageParts) {
  const maybe = (part: NamedLayer | undefined) => (part ? [part] : []);
  return [...launch, ...maybe(sbom), ...app, launcher, config, ...maybe(processTypes)];
}

/**
 * The configuration of the image: that of the run image, with the changes of a lifecycle's exporter.
 *
 * Spec: Platform Interface, exporter, App Image.
 */
export function configOf(request: ConfigRequest): ImageConfig {
  const { build, runImage, parts, defaultProcess, created } = request;
  // Lifecycles hand on what they know of configs, and no other key.
  const { container: _unknown, ...base } = runImage.config;
  const { Cmd: _replaced, ...inherited } = base.config;
  const added = layersOf(parts);
  const diffIds = added.map(({ layer }) => layer.diffId);
  const history = [
    ...historyOf(base, created),
    ...added.map((layer) => ({ created, created_by: layer.history })),
  ];
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
    // Before Platform API 0.12, lifecycles say of no layer what made it.
    history: isAtLeast(build.platformApi, "0.12") ? history : history.map(() => ({ created })),
  };
}

function launchEnv({ inside, platformApi }: StoredBuild, base: ImageConfig) {
  return {
    CNB_LAYERS_DIR: inside.layers,
    CNB_APP_DIR: inside.app,
    CNB_PLATFORM_API: platformApi,
    CNB_DEPRECATION_MODE: "quiet",
    PATH: ["/cnb/process", "/cnb/lifecycle", envOf(base, "PATH") ?? ""].join(":"),
  };
}

/** One entry per layer: some tools that squash images drop entries. */
function historyOf({ history, rootfs }: Pick<ImageConfig, "history" | "rootfs">, created: string) {
  const own = (history ?? []).filter(({ empty_layer: isEmpty }) => !isEmpty);
  if (own.length === rootfs.diff_ids.length) return own.map((entry) => ({ ...entry, created }));
  return rootfs.diff_ids.map(() => ({ created }));
}

/** Labels that buildpacks set come last, so that they beat those of the platform. */
function labelsOf({
  build,
  launcherVersion,
  projectMetadata,
  ...request
}: ConfigRequest): Record<string, string> {
  return {
    ...build.labels,
    [metadataLabel]: labelJson(lifecycleMetadata({ build, ...request })),
    [buildMetadataLabel]: withLauncher(build.labels[buildMetadataLabel], launcherVersion),
    "io.buildpacks.project.metadata": labelJson(projectMetadata),
    ...build.buildpackLabels,
  };
}

const buildMetadataLabel = "io.buildpacks.build.metadata";

function withLauncher(label = "{}", version: string): string {
  const { bom, buildpacks, ...rest } = parseLabelJson(label) as Record<string, unknown>;
  const launcher = { version, source: { git: { repository: "", commit: "" } } };
  return labelJson({ bom, buildpacks, launcher, ...rest });
}

/** The id of the image, which does not depend on its path on this machine. */
function imageIdOf({ config, reference }: Image): string {
  return reference ?? digestOf([Buffer.from(JSON.stringify(config))]);
}

function lifecycleMetadata({
  build,
  runImage,
  parts,
}: Pick<ConfigRequest, "build" | "runImage" | "parts">): object {
  const sha = (part: NamedLayer | undefined) => ({ sha: part?.layer.diffId ?? "" });
  const { sbom, app, launcher, config, processTypes } = parts;
  const { buildpacks } = parseLabelJson(build.labels[metadataLabel] ?? "{}") as {
    buildpacks?: unknown;
  };
  const name = namesOf(runImage);
  return {
    app: app.map(sha),
    ...(sbom ? { sbom: sha(sbom) } : {}),
    buildpacks,
    config: sha(config),
    launcher: sha(launcher),
    "process-types": sha(processTypes),
    runImage: {
      topLayer: runImage.config.rootfs.diff_ids.at(-1) ?? "",
      reference: imageIdOf(runImage),
      ...(isAtLeast(build.platformApi, "0.12") ? name : {}),
    },
    ...(name ? { stack: { runImage: name } } : {}),
  };
}

/** By these names, rebasers look for a newer run image. */
function namesOf({ name }: Image): Image["name"] {
  if (!name) return undefined;
  const { image, mirrors = [] } = name;
  return { image, ...(mirrors.length > 0 ? { mirrors } : {}) };
}
