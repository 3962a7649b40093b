import type * as z from "zod";
import { isDirectory } from "../../system/files.ts";
import { type LayerTypes, layerContentMetadataCodec } from "./layer-content-metadata.ts";
import { fromDisk, keyOnDisk, type LayerMetadata } from "./layer-metadata.ts";
import { tryReadTomlFile } from "../toml-file.ts";

/** What the last build left of a layer. */
export type LayerState<M> =
  | {
      state: "restored";
      metadata: M;
      /**
       * A launch-only layer is never restored to disk: if it is kept, the platform takes its contents
       * from the previous image.
       */
      contents: "on-disk" | "in-previous-image";
    }
  | {
      state: "empty";
      /** Every reason, in words for the user, each a part of a sentence. */
      because: readonly string[];
    };

/** What a layer must have been made from to be kept. */
export interface LayerExpectation<M extends LayerMetadata> {
  types: LayerTypes;
  schema: z.ZodType<M>;
  /** The current values. Only these are compared; other metadata is just stored. */
  keys: Partial<NoInfer<M>>;
  /** What the user calls each value. */
  labels: Readonly<Record<keyof NoInfer<M> & string, string>>;
  /** Checks the contents of a layer that would be kept. If it returns a reason, the layer is emptied. */
  check?: ((path: string) => Promise<string | undefined>) | undefined;
  /** The same for a layer whose contents are in the previous image, so that only its metadata can be checked. */
  checkMetadata?: ((metadata: NoInfer<M>) => Promise<string | undefined>) | undefined;
}

/**
 * Decides whether the layer at `path`, with its metadata in `<path>.toml`, can be kept: by its types
 * (Buildpack spec, Layer Types) and by its metadata. Changes nothing.
 */
export async function readLayerState<M extends LayerMetadata>(
  path: string,
  expected: LayerExpectation<M>,
): Promise<LayerState<M>> {
  if (!isRestorable(expected.types)) return empty("every build makes it again");
  const onDisk = await isDirectory(path);
  const file = await tryReadTomlFile(`${path}.toml`, layerContentMetadataCodec);
  if (file.state === "missing") {
    return empty(
      onDisk ? "the last build did not finish it" : "there is no layer of an earlier build",
    );
  }

  const because = onDisk || !expected.types.cache ? [] : ["its contents were not restored"];
  if (file.state === "invalid") return empty(...because, unreadable(file));
  const metadata = expected.schema.safeParse(fromDisk(file.value.metadata));
  if (!metadata.success) return empty(...because, otherShape(metadata.error));
  because.push(...differences(metadata.data, expected));
  if (because.length > 0) return empty(...because);

  const { check, checkMetadata } = expected;
  const reason = await (onDisk ? check?.(path) : checkMetadata?.(metadata.data));
  if (reason !== undefined) return empty(reason);
  const contents = onDisk ? "on-disk" : "in-previous-image";
  return { state: "restored", metadata: metadata.data, contents };
}

/** Why a layer is empty; nothing if it is kept. */
export function reasonsOf(state: LayerState<unknown>): readonly string[] {
  return state.state === "empty" ? state.because : [];
}

/** Layer Types: cached layers are restored, of launch-only layers only the metadata, others not at all. */
function isRestorable({ launch, build, cache }: LayerTypes): boolean {
  return cache || (launch && !build);
}

function differences<M extends LayerMetadata>(
  metadata: M,
  { keys, labels }: LayerExpectation<M>,
): string[] {
  const wanted = Object.entries(keys) as [keyof M & string, Value][];
  return wanted
    .filter(([key, value]) => show(metadata[key]) !== show(value))
    .map(([key, value]) => describeChange(labels[key], metadata[key], value));
}

/**
 * A change as a part of a sentence: `the Ruby version changed from \`3.3.8\` to \`3.4.5\``. Digests mean
 * nothing to users, so they are not shown.
 */
export function describeChange(label: string, before: Value, after: Value): string {
  if (before === undefined && isDigest(after)) return `there is no record of ${label}`;
  if (isDigest(before) || isDigest(after)) return `${label} changed`;
  return `${label} changed from ${show(before)} to ${show(after)}`;
}

type Value = string | boolean | undefined;

function isDigest(value: Value): boolean {
  return typeof value === "string" && /^[0-9a-f]{8,}$/.test(value);
}

function show(value: Value): string {
  return value === undefined ? "none" : `\`${value}\``;
}

function unreadable({ fault, problem }: { fault: "syntax" | "shape"; problem: string }): string {
  return `its metadata cannot be read${fault === "shape" ? ` (${problem})` : ""}`;
}

function otherShape({ issues }: z.ZodError): string {
  const keys = new Set(issues.map(({ path }) => `\`${keyOnDisk(path.join("."))}\``));
  return `its metadata cannot be read (${[...keys].join(", ")})`;
}

function empty(...because: string[]): { state: "empty"; because: string[] } {
  return { state: "empty", because };
}
