import * as z from "zod";
import type { LayerBlob } from "./blob.ts";

const text = z.string().optional();

/** What an image says of itself (image-spec: Image Configuration). Keys that we do not know stay. */
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

/** An image whose blobs stand somewhere on this machine. */
export interface Image {
  /** `rootfs` names the layers below, in their order. */
  config: ImageConfig;
  layers: readonly LayerBlob[];
  /** The digest by which it was found, of its manifest or its config. */
  reference?: string;
  /** The name by which a registry knows it, and others where it is to be had too. */
  name?: { image: string; mirrors?: readonly string[] | undefined };
}

/** A variable of an image's environment. */
export function envOf({ config }: ImageConfig, name: string): string | undefined {
  const entry = config.Env?.find((pair) => pair.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}

/** The environment of an image with variables set in it: in their places, or else at its end. */
export function withEnv(
  env: readonly string[],
  variables: Readonly<Record<string, string>>,
): string[] {
  const result = new Map(env.map((pair) => [pair.split("=")[0] ?? "", pair] as const));
  for (const [name, value] of Object.entries(variables)) result.set(name, `${name}=${value}`);
  return [...result.values()];
}
