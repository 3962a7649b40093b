import { join } from "node:path";
import * as z from "zod";
import { tryReadTomlFile } from "./toml-file.ts";

/** What the buildpack stores from build to build. It is part of an image label. */
export type StoreMetadata = Record<string, unknown>;

const metadata = z.record(z.string(), z.unknown());

/** store.toml (TOML). */
export const storeCodec = z.codec(
  z.object({ metadata: metadata.optional() }),
  z.object({ metadata }),
  { decode: ({ metadata = {} }) => ({ metadata }), encode: (store) => store },
);

/** Reads `<layers>/store.toml`. A file that is missing or cannot be read counts as empty. */
export async function readStore(layersDir: string): Promise<StoreMetadata> {
  const file = await tryReadTomlFile(storePath(layersDir), storeCodec);
  return file.state === "read" ? file.value.metadata : {};
}

function storePath(layersDir: string): string {
  return join(layersDir, "store.toml");
}
