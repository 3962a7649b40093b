import type * as z from "zod";
import { isDirectory } from "../system/files.ts";
import { type LayerTypes, layerContentMetadataCodec } from "./layer-content-metadata.ts";
import { fromDisk, keyOnDisk, type LayerMetadata } from "./layer-metadata.ts";
import { tryReadTomlFile } from "./toml-file.ts";

/** What an earlier build left of a layer. */
export type LayerState<M> =
  | {
      state: "restored";
      metadata: M;
      /**
       * A launch-only layer is never brought back to disk: where its metadata fits, the platform
       * takes the contents over from the previous image.
       */
      contents: "on-disk" | "in-previous-image";
    }
  | {
      state: "empty";
      /** Every reason, in words for the user that follow "because". */
      because: readonly string[];
    };

/** What a layer must have been made from, so that it can be kept. */
export interface LayerExpectation<M extends LayerMetadata> {
  types: LayerTypes;
  schema: z.ZodType<M>;
  /** The values of today; a key that is left out is remembered but not compared. */
  keys: Partial<NoInfer<M>>;
  /** What the user calls each value. */
  labels: Readonly<Record<keyof NoInfer<M> & string, string>>;
  /** Looks at contents that fit otherwise; a reason returned empties the layer. */
  check?: ((path: string) => Promise<string | undefined>) | undefined;
}

/**
 * Decides whether what stands at `path` and in `<path>.toml` can be kept, by the table of Layer
 * Types and by what the metadata say. Reads only.
 */
export async function readLayerState<M extends LayerMetadata>(
  path: string,
  expected: LayerExpectation<M>,
): Promise<LayerState<M>> {
  if (!isRestorable(expected.types)) return empty("it is made anew on every build");
  const onDisk = await isDirectory(path);
  const file = await tryReadTomlFile(`${path}.toml`, layerContentMetadataCodec);
  if (file.state === "missing") {
    return empty(onDisk ? "it was left incomplete" : "there is nothing from an earlier build");
  }

  const because = onDisk || !expected.types.cache ? [] : ["its contents were not restored"];
  if (file.state === "invalid") return empty(...because, unreadable(file));
  const metadata = expected.schema.safeParse(fromDisk(file.value.metadata));
  if (!metadata.success) return empty(...because, otherShape(metadata.error));
  because.push(...differences(metadata.data, expected));
  if (because.length > 0) return empty(...because);

  const reason = onDisk ? await expected.check?.(path) : undefined;
  if (reason !== undefined) return empty(reason);
  const contents = onDisk ? "on-disk" : "in-previous-image";
  return { state: "restored", metadata: metadata.data, contents };
}

/** Layer Types: cached layers come back whole, launch-only ones as metadata, others not at all. */
function isRestorable({ launch, build, cache }: LayerTypes): boolean {
  return cache || (launch && !build);
}

function differences<M extends LayerMetadata>(
  metadata: M,
  { keys, labels }: LayerExpectation<M>,
): string[] {
  const wanted = Object.entries(keys) as [keyof M & string, string | boolean | undefined][];
  return wanted
    .filter(([key, value]) => show(metadata[key]) !== show(value))
    .map(([key, value]) => `${labels[key]} (${show(metadata[key])} to ${show(value)})`);
}

function show(value: string | boolean | undefined): string {
  return value === undefined ? "none" : `\`${value}\``;
}

function unreadable({ fault, problem }: { fault: "syntax" | "shape"; problem: string }): string {
  return `its metadata is unreadable${fault === "shape" ? ` (${problem})` : ""}`;
}

function otherShape({ issues }: z.ZodError): string {
  const keys = new Set(issues.map(({ path }) => `\`${keyOnDisk(path.join("."))}\``));
  return `its metadata is unreadable (${[...keys].join(", ")})`;
}

function empty(...because: string[]): { state: "empty"; because: string[] } {
  return { state: "empty", because };
}
