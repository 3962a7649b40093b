import {
  checkPush,
  pushImage,
  type PushRequest,
  type PushResult,
} from "../../oci/registry/push-image.ts";
import { pullImage } from "../../oci/registry/pull-image.ts";
import type { ImageReference } from "../../oci/registry/image-reference.ts";
import type { RegistryWorld } from "../../oci/registry/registry-world.ts";
import type { Image } from "../../oci/image.ts";
import { createHttpClient } from "../../system/http/client.ts";

/** What reaching registries and the Docker engine needs from outside. */
export interface ImageWorld {
  /** The user's: proxies, Docker's configuration, the engine's socket. */
  env: Readonly<Record<string, string>>;
  /** Registries that may be reached by plain HTTP, besides those on this machine. */
  insecure: readonly string[];
  signal: AbortSignal;
  onRetry?: (reason: string) => void;
  onBlob?: (done: number, all: number) => void;
}

/** See `pushImage` of `src/oci/registry`. */
export async function push(request: PushRequest, world: ImageWorld): Promise<PushResult> {
  return await withClient(world, async (registry) => await pushImage(request, registry));
}

/** See `checkPush` of `src/oci/registry`. */
export async function requirePush(reference: ImageReference, world: ImageWorld): Promise<void> {
  await withClient(world, async (registry) => await checkPush(reference, registry));
}

/** See `pullImage` of `src/oci/registry`. */
export async function pull(
  reference: ImageReference,
  request: { layout: string; architecture: string },
  world: ImageWorld,
): Promise<Image | undefined> {
  return await withClient(world, async (registry) => await pullImage(reference, request, registry));
}

async function withClient<T>(
  world: ImageWorld,
  work: (world: RegistryWorld) => Promise<T>,
): Promise<T> {
  const client = createHttpClient({ env: world.env });
  try {
    return await work({ ...world, client });
  } finally {
    await client.close();
  }
}
