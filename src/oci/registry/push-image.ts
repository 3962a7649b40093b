import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import type { HttpAnswer } from "../../system/http/client.ts";
import { blobPath, type Descriptor } from "../blob.ts";
import { mediaTypes } from "../media-types.ts";
import { formatReference, type ImageReference } from "./image-reference.ts";
import { refusal } from "./refusal.ts";
import { isRedirect, openRegistry, type Registry } from "./registry.ts";
import type { RegistryWorld } from "./registry-world.ts";

export interface PushRequest {
  /** An image layout with the manifest and everything that it names. */
  layout: string;
  manifest: Pick<Descriptor, "digest">;
  reference: ImageReference;
}

/** What a push sent, without the manifest. */
export interface PushResult {
  sentBlobs: number;
  sentBytes: number;
  /** How many the registry already had. */
  knownBlobs: number;
}

/**
 * Pushes an image of a layout. Blobs that the repository has are not sent. The tag is set last, so it never
 * names an image that is not complete.
 *
 * Spec: OCI distribution, Pushing.
 *
 * @throws BuildpackError `image/login-*`, `image/access-denied`, `image/registry-*`, `image/helper-failed`.
 */
export async function pushImage(request: PushRequest, world: RegistryWorld): Promise<PushResult> {
  const blobs = join(request.layout, "blobs");
  const registry = await openRegistry(request.reference, "pull,push", world);
  const manifest = await readFile(blobPath(blobs, request.manifest.digest));
  const { config, layers } = manifestSchema.parse(JSON.parse(manifest.toString("utf8")));
  const result = { sentBlobs: 0, sentBytes: 0, knownBlobs: 0 };
  const unique = new Map([...layers, config].map((blob) => [blob.digest, blob] as const));
  for (const blob of unique.values()) {
    if (await registry.retry(async () => await pushBlob(registry, blob, blobs))) {
      result.sentBlobs++;
      result.sentBytes += blob.size;
    } else {
      result.knownBlobs++;
    }
    world.onBlob?.(result.sentBlobs + result.knownBlobs, unique.size);
  }
  await registry.retry(async () => await putManifest(registry, manifest, request));
  return result;
}

/**
 * Checks that the registry lets the user push, by an upload that is begun and given up.
 *
 * @throws as `pushImage`.
 */
export async function checkPush(reference: ImageReference, world: RegistryWorld): Promise<void> {
  const registry = await openRegistry(reference, "pull,push", world);
  const url = await registry.retry(async () => await startUpload(registry));
  (await registry.send({ method: "DELETE", url })).discard();
}

const blobSchema = z.looseObject({ digest: z.string(), size: z.number() });
const manifestSchema = z.looseObject({ config: blobSchema, layers: z.array(blobSchema) });

type Blob = z.output<typeof blobSchema>;

/** @returns whether the blob was sent. */
async function pushBlob(
  registry: Registry,
  { digest, size }: Blob,
  blobs: string,
): Promise<boolean> {
  const asked = await registry.send({
    method: "HEAD",
    url: `blobs/${digest}`,
  });
  const isKnown = asked.status === 200 || isRedirect(asked);
  if (!isKnown && asked.status !== 404) throw await refusal(registry, "look for a blob", asked);
  asked.discard();
  if (isKnown) return false;
  const place = await startUpload(registry);
  place.searchParams.set("digest", digest);
  const step = "store a blob";
  const stored = await registry.send({
    method: "PUT",
    url: place,
    headers: { "content-type": "application/octet-stream", "content-length": String(size) },
    body: () => createReadStream(blobPath(blobs, digest)),
  });
  await expectStored(registry, { step, stored, digest });
  return true;
}

async function startUpload(registry: Registry): Promise<URL> {
  const step = "start an upload";
  const headers = { "content-length": "0" };
  const answer = await registry.send({ method: "POST", url: "blobs/uploads/", headers });
  if (answer.status !== 202) throw await refusal(registry, step, answer);
  answer.discard();
  const location = answer.header("location") ?? "";
  const place = registry.resolve(location);
  if (location !== "" && place) return place;
  const problem = "the answer does not say where to send the blob";
  throw wrong(registry, step, problem);
}

async function putManifest(
  registry: Registry,
  manifest: Buffer,
  { manifest: { digest }, reference }: PushRequest,
): Promise<void> {
  const step = `store the manifest of ${formatReference(reference)}`;
  const stored = await registry.send({
    method: "PUT",
    url: `manifests/${reference.tag}`,
    headers: { "content-type": mediaTypes.manifest, "content-length": String(manifest.length) },
    body: () => manifest,
  });
  await expectStored(registry, { step, stored, digest });
}

/** A registry that says under which digest it has stored something must say the right one. */
async function expectStored(
  registry: Registry,
  { step, stored, digest }: { step: string; stored: HttpAnswer; digest: string },
): Promise<void> {
  if (stored.status !== 201) throw await refusal(registry, step, stored);
  stored.discard();
  const said = stored.header("docker-content-digest");
  if (said === undefined || said === digest) return;
  throw wrong(registry, step, `it was sent ${digest}, and says that it stored ${said}`);
}

function wrong({ reference: { registry } }: Registry, step: string, problem: string) {
  return new BuildpackError({ code: "image/registry-wrong", registry, step, problem });
}
