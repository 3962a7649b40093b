import * as z from "zod";
import { parseJson } from "../../system/parse-json.ts";

const sha = z.object({ sha: z.string().default("") }).nullish();
const strings = z.array(z.string()).nullish();

/** The label `io.buildpacks.lifecycle.metadata`: which layer is what. */
const lifecycleLabel = z.object({
  app: z.array(sha).nullish(),
  sbom: sha,
  config: sha,
  launcher: sha,
  "process-types": sha,
  buildpacks: z
    .array(
      z.object({
        key: z.string(),
        version: z.string().default(""),
        layers: z
          .record(
            z.string(),
            z.object({
              sha: z.string(),
              data: z.unknown().optional(),
              launch: z.boolean().default(false),
              build: z.boolean().default(false),
              cache: z.boolean().default(false),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  runImage: z
    .object({
      topLayer: z.string().default(""),
      reference: z.string().default(""),
      image: z.string().optional(),
    })
    .nullish(),
  stack: z.object({ runImage: z.object({ image: z.string().optional() }).nullish() }).nullish(),
});

export type LifecycleLabel = z.output<typeof lifecycleLabel>;

/** The label `io.buildpacks.build.metadata`: which buildpacks built the image, and its processes. */
const buildLabel = z.object({
  buildpacks: z.array(z.object({ id: z.string(), version: z.string().default("") })).nullish(),
  processes: z
    .array(
      z.object({
        type: z.string(),
        // Before Platform API 0.10, a command is one string.
        command: z.union([z.string().transform((text) => [text]), z.array(z.string())]),
        args: strings,
        buildpackID: z.string().default(""),
        "working-dir": z.string().optional(),
      }),
    )
    .nullish(),
  "buildpack-default-process-type": z.string().optional(),
});

export type BuildLabel = z.output<typeof buildLabel>;

/** What an image's labels say. A label that is missing or of another shape says nothing. */
export function readLabels(labels: Readonly<Record<string, string>>): {
  lifecycle: LifecycleLabel;
  build: BuildLabel;
  wasBuilt: boolean;
} {
  const lifecycle = lifecycleLabel.safeParse(parseJson(labels["io.buildpacks.lifecycle.metadata"]));
  const build = buildLabel.safeParse(parseJson(labels["io.buildpacks.build.metadata"]));
  return { lifecycle: lifecycle.data ?? {}, build: build.data ?? {}, wasBuilt: lifecycle.success };
}
