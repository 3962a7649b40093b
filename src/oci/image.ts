import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import type { LayerBlob } from "./blob.ts";

const text = z.string().optional();

/** The configuration of an image (image-spec: Image Configuration). Unknown keys are kept. */
export const imageConfigSchema = z.looseObject({
  created: text,
  architecture: z.string(),
  os: z.string(),
  config: z
    .looseObject({
      User: text,
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: text,
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .default({}),
  rootfs: z.object({ type: z.literal("layers"), diff_ids: z.array(z.string()) }),
  history: z.array(z.looseObject({ empty_layer: z.boolean().optional() })).nullish(),
});

export type ImageConfig = z.output<typeof imageConfigSchema>;

/** An image whose blobs are on this machine. */
export interface Image {
  /** Its `rootfs` lists the digests of `layers`, in the same order. */
  config: ImageConfig;
  layers: readonly LayerBlob[];
  /** The digest of the manifest or config that it was read from. */
  reference?: string;
  /** The name of its entry in the image layout that it was read from. */
  tag?: string | undefined;
  /** Its name in a registry, and its names in mirrors of that registry. */
  name?: { image: string; mirrors?: readonly string[] | undefined };
}

/** The value of a variable in an image's environment. */
export function envOf({ config }: ImageConfig, name: string): string | undefined {
  const entry = config.Env?.find((pair) => pair.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}

/** The environment of an image with these variables set: new ones are added at its end. */
export function withEnv(
  env: readonly string[],
  variables: Readonly<Record<string, string>>,
): string[] {
  const result = new Map(env.map((pair) => [pair.split("=")[0] ?? "", pair] as const));
  for (const [name, value] of Object.entries(variables)) result.set(name, `${name}=${value}`);
  return [...result.values()];
}

/** The error for an image that cannot be read. `path` is that of the file that is wrong, or the image's name. */
export function invalidImage(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "image/invalid", path, problem });
}
