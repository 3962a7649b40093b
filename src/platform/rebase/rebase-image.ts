import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { envOf, type Image, type ImageConfig } from "../../oci/image.ts";
import { imageTimeText } from "../../system/image-time.ts";
import { isAtLeast } from "../lifecycle/platform-api.ts";
import { labelJson, parseLabelJson } from "../state/label-json.ts";
import { metadataLabel } from "../state/stored-build.ts";
import { labelsOf, objectionsTo } from "./check-rebase.ts";
import { isSameRepository, namesInLabel, type RunImageLabel } from "./run-image-names.ts";
import { parseJson } from "../../system/parse-json.ts";

export interface RebaseRequest {
  app: Image;
  runImage: Image;
  /** Rebases in spite of reasons that the user may overrule. */
  force: boolean;
  /** How the user calls the app's image, for errors. */
  name: string;
}

/** The new image, and the reasons that were overruled. */
export interface Rebased {
  image: Image;
  overruled: string[];
}

/**
 * Puts an app's image on another run image, as a lifecycle's rebaser does: the layers above the old run
 * image stay as they are, and the label names the new one. Images of any lifecycle can be rebased.
 *
 * Spec: Platform Interface, rebaser.
 *
 * @throws BuildpackError `image/rebase-refused`.
 */
export function rebaseImage({ app, runImage, force, name }: RebaseRequest): Rebased {
  const label = readLabel(app.config);
  const objections = objectionsTo(app.config, runImage, label);
  const fatal = objections.find(({ forceable }) => !(forceable && force));
  if (fatal) throw refused(name, fatal.problem, fatal.forceable);
  const kept = label ? keptFrom(app.config, label.runImage.topLayer) : -1;
  if (!label || kept === -1)
    throw refused(name, "its run image cannot be distinguished from its own layers", false);
  return {
    image: {
      config: configOn(runImage, app.config, kept),
      layers: [...runImage.layers, ...app.layers.slice(kept)],
    },
    overruled: objections.map(({ problem }) => problem),
  };
}

const labelSchema = z.looseObject({
  runImage: z.looseObject({
    topLayer: z.string(),
    image: z.string().optional(),
    mirrors: z.array(z.string()).nullish().transform(orNone),
  }),
  stack: z
    .looseObject({
      runImage: z
        .object({ image: z.string(), mirrors: z.array(z.string()).nullish().transform(orNone) })
        .optional(),
    })
    .optional(),
});

function orNone<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

function readLabel(config: ImageConfig): RunImageLabel | undefined {
  return labelSchema.safeParse(parseJson(labelsOf(config)[metadataLabel])).data;
}

/** The place of the first layer that is the app's own; -1 where the last one below is unknown. */
function keptFrom({ rootfs }: ImageConfig, topLayer: string): number {
  const top = rootfs.diff_ids.indexOf(topLayer);
  return top === -1 ? -1 : top + 1;
}

function configOn(runImage: Image, app: ImageConfig, kept: number): ImageConfig {
  const { architecture, os, variant, "os.version": version, rootfs } = runImage.config;
  const { variant: _old, "os.version": _oldVersion, ...own } = app;
  const layers = [...rootfs.diff_ids, ...app.rootfs.diff_ids.slice(kept)];
  return {
    ...{ ...own, architecture, os, created: imageTimeText },
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { "os.version": version }),
    config: { ...app.config, Labels: labelsOn(runImage, app) },
    rootfs: { type: "layers", diff_ids: layers },
    // Lifecycles do not keep what the history says of each layer.
    history: layers.map(() => ({ created: imageTimeText })),
  };
}

/** Of the run image's labels, those about stack and distribution replace the app's. */
function labelsOn(runImage: Image, app: ImageConfig): Record<string, string> {
  const isOfBase = ([name]: readonly [string, string]) =>
    /^io\.buildpacks\.(stack|base)\./.test(name);
  const own = Object.entries(labelsOf(app)).filter((label) => !isOfBase(label));
  const base = Object.entries(labelsOf(runImage.config)).filter(isOfBase);
  return { ...Object.fromEntries([...own, ...base]), [metadataLabel]: newLabel(runImage, app) };
}

function newLabel({ config, reference, name }: Image, app: ImageConfig): string {
  const label = parseLabelJson(labelsOf(app)[metadataLabel] ?? "{}") as RunImageLabel;
  const topLayer = config.rootfs.diff_ids.at(-1) ?? "";
  const runImage = { ...label.runImage, topLayer, reference };
  const isRenamed =
    name !== undefined &&
    isAtLeast(envOf(app, "CNB_PLATFORM_API") ?? "0.0", "0.12") &&
    !namesInLabel(label).some((one) => isSameRepository(one, name.image));
  if (!isRenamed) return labelJson({ ...label, runImage });
  const { mirrors: _mirrors, ...renamed } = { ...runImage, image: name.image };
  return labelJson({ ...label, runImage: renamed, stack: { runImage: { image: name.image } } });
}

function refused(image: string, problem: string, forceable: boolean): BuildpackError {
  return new BuildpackError({ code: "image/rebase-refused", image, problem, forceable });
}
