import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OurImage, Story } from "../story.ts";
import { readArchive } from "./read-archive.ts";
import { repositories, repositoryPath } from "./registry.ts";

/** Images of the registry as answers describe them, but for those with which the story began. */
export async function readExported({ images = {} }: Story): Promise<Record<string, OurImage>> {
  const exported: Record<string, OurImage> = {};
  for (const repository of await repositories()) {
    const image = repository in { run: {}, ...images } ? undefined : await readOne(repository);
    if (image) exported[repository] = image;
  }
  return exported;
}

async function readOne(repository: string): Promise<OurImage | undefined> {
  const layout = repositoryPath(repository);
  const index = await readJson<Index>(join(layout, "index.json")).catch(() => undefined);
  const digest = index?.manifests[0]?.digest;
  if (digest === undefined) return undefined;
  const manifest = await readBlob<Manifest>(layout, digest);
  const { rootfs, ...config } = await readBlob<Config>(layout, manifest.config.digest);
  const layers = manifest.layers.map(async ({ digest: layer }, index) => {
    const entries = readArchive(await readFile(blobPath(layout, layer)));
    return { diff_id: rootfs.diff_ids[index] ?? "", entries };
  });
  return { config, layers: await Promise.all(layers) };
}

interface Index {
  manifests: { digest: string }[];
}

interface Manifest {
  config: { digest: string };
  layers: { digest: string }[];
}

type Config = Record<string, unknown> & { rootfs: { diff_ids: string[] } };

function blobPath(layout: string, digest: string): string {
  return join(layout, "blobs", digest.replace(":", "/"));
}

async function readBlob<T>(layout: string, digest: string): Promise<T> {
  return await readJson<T>(blobPath(layout, digest));
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}
