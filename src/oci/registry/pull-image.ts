import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { readTextIfAny, statIfAny, writeAtomically } from "../../system/files.ts";
import type { HttpAnswer } from "../../system/http/client.ts";
import { parseJson } from "../../system/parse-json.ts";
import { blobPath, type Descriptor, digestOf } from "../blob.ts";
import type { Image } from "../image.ts";
import { readImage, writeIndex } from "../layout.ts";
import { candidates, indexSchema, manifestSchema } from "../manifest.ts";
import { indexTypes, manifestTypes } from "../media-types.ts";
import { formatReference, type ImageReference } from "./image-reference.ts";
import { refusal } from "./refusal.ts";
import { isRedirect, openRegistry, type Registry } from "./registry.ts";
import type { RegistryWorld } from "./registry-world.ts";
import { networkFailure } from "./retry.ts";

/**
 * Downloads an image into an image layout, and verifies the digest of everything. Blobs that the layout has
 * are not downloaded again.
 *
 * Spec: OCI distribution, Pulling.
 *
 * @returns the image, or `undefined` if the registry has none of this name.
 * @throws BuildpackError `image/invalid`, `image/login-*`, `image/access-denied`, `image/registry-*`.
 */
export async function pullImage(
  reference: ImageReference,
  { layout, architecture }: { layout: string; architecture: string },
  world: RegistryWorld,
): Promise<Image | undefined> {
  const registry = await openRegistry(reference, "pull", world);
  const blobs = join(layout, "blobs");
  await mkdir(join(blobs, "sha256"), { recursive: true });
  const top = await pullManifest(registry, reference.digest ?? reference.tag, blobs);
  if (!top) return undefined;
  await pullImageOf(registry, top, { blobs, architecture });
  await writeIndex(layout, [top]);
  const image = await readImage(layout, { architecture });
  return { ...image, name: { image: formatReference(reference) } };
}

interface Place {
  blobs: string;
  architecture: string;
}

/** Downloads the image for the architecture. If there is none, reading the layout says so. */
async function pullImageOf(
  registry: Registry,
  manifest: Descriptor,
  place: Place,
  // A registry may answer with indexes that list others without end.
  depth = 3,
): Promise<void> {
  if (manifestTypes.includes(manifest.mediaType)) {
    await pullBlobs(registry, await readManifest(registry, manifest, place, manifestSchema), place);
  }
  if (depth === 0 || !indexTypes.includes(manifest.mediaType)) return;
  const { manifests } = await readManifest(registry, manifest, place, indexSchema);
  const [best] = candidates(manifests, place.architecture);
  const inner = best && (await pullManifest(registry, best.digest, place.blobs));
  if (inner) await pullImageOf(registry, inner, place, depth - 1);
}

async function readManifest<T>(
  registry: Registry,
  { digest }: Descriptor,
  { blobs }: Place,
  schema: z.ZodType<T>,
): Promise<T> {
  const { data } = schema.safeParse(parseJson(await readTextIfAny(blobPath(blobs, digest))));
  if (data !== undefined) return data;
  throw wrong(registry, manifestStep(registry), `\`${digest}\` is not a manifest`);
}

async function pullBlobs(
  registry: Registry,
  { config, layers }: z.output<typeof manifestSchema>,
  { blobs }: Place,
): Promise<void> {
  for (const blob of [config, ...layers]) {
    await registry.retry(async () => await pullBlob(registry, blob, blobs));
  }
}

/** Downloads a manifest or an index. The answer's Content-Type says which of them it is. */
async function pullManifest(
  registry: Registry,
  name: string,
  blobs: string,
): Promise<Descriptor | undefined> {
  const step = manifestStep(registry);
  const headers = { accept: [...manifestTypes, ...indexTypes].join(", ") };
  return await registry.retry(async () => {
    const answer = await follow(registry, `manifests/${name}`, headers);
    if (answer.status === 404) {
      answer.discard();
      return undefined;
    }
    if (answer.status !== 200) throw await refusal(registry, step, answer);
    const bytes = Buffer.from(await answer.text());
    const digest = digestOf([bytes]);
    if (name.startsWith("sha256:") && name !== digest) throw damaged(registry, step, name, digest);
    await writeAtomically(blobPath(blobs, digest), bytes);
    const mediaType = (answer.header("content-type") ?? "").split(";")[0] ?? "";
    return { mediaType, digest, size: bytes.length };
  });
}

async function pullBlob(registry: Registry, blob: Descriptor, blobs: string): Promise<void> {
  const path = blobPath(blobs, blob.digest);
  if ((await statIfAny(path))?.size === blob.size) return;
  const step = "send a blob";
  const answer = await follow(registry, `blobs/${blob.digest}`);
  if (answer.status !== 200) throw await refusal(registry, step, answer);
  const staged = `${path}.partial`;
  try {
    const digest = await receive(answer, staged, blob.size).catch((error: unknown) => {
      throw diskFailure(error, staged) ?? networkFailure(registry.reference.registry, error);
    });
    if (digest !== blob.digest) throw damaged(registry, step, blob.digest, digest);
    await rename(staged, path);
  } finally {
    answer.discard();
    await rm(staged, { force: true });
  }
}

async function follow(
  registry: Registry,
  url: string | URL,
  headers: Record<string, string> = {},
  left = 5,
): Promise<HttpAnswer> {
  const answer = await registry.send({ method: "GET", url, headers });
  const location = answer.header("location");
  const next = location === undefined ? undefined : registry.resolve(location);
  if (!isRedirect(answer) || !next || left === 0) return answer;
  answer.discard();
  return await follow(registry, next, headers, left - 1);
}

/** Writes a body to a file, and no more of it than was announced. Resolves to its digest. */
async function receive({ body }: HttpAnswer, path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  let received = 0;
  await using file = await open(path, "w");
  for await (const chunk of body) {
    received += chunk.length;
    if (received > size) break;
    hash.update(chunk);
    await file.appendFile(chunk);
  }
  return `sha256:${hash.digest("hex")}`;
}

function manifestStep({ reference }: Registry): string {
  return `send the manifest of ${formatReference(reference)}`;
}

function damaged(registry: Registry, step: string, wanted: string, sent: string) {
  return wrong(registry, step, `it was asked for ${wanted}, and sent ${sent}`);
}

function wrong({ reference: { registry } }: Registry, step: string, problem: string) {
  return new BuildpackError({ code: "image/registry-wrong", registry, step, problem });
}
