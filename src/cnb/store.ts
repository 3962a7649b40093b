import { join } from "node:path";
import * as z from "zod";
import { tryReadTomlFile } from "./toml-file.ts";

/** What the buildpack remembers from build to build. It stands in a label of the image. */
export type StoreMetadata = Record<string, unknown>;

const metadata = z.record(z.string(), z.unknown());

/** store.toml (TOML). */
export const storeCodec = z.codec(
  z.object({ metadata: metadata.optional() }),
  z.object({ metadata }),
  { decode: ({ metadata = {} }) => ({ metadata }), encode: (store) => store },
);

/** Reads `<layers>/store.toml`; one that is missing or that cannot be read remembers nothing. */
export async function readStore(layersDir: string): Promise<StoreMetadata> {
  const file = await tryReadTomlFile(storePath(layersDir), storeCodec);
  return file.state === "read" ? file.value.metadata : {};
}

function storePath(layersDir: string): string {
  return join(layersDir, "store.toml");
}
