import { BuildpackError } from "../../failure.ts";
import type { HttpAnswer, HttpRequest } from "../../system/http/client.ts";
import { authorize } from "./authorize.ts";
import { parseChallenge } from "./challenge.ts";
import { findLogin, type RegistryLogin } from "./docker-login.ts";
import { apiHost, type ImageReference, isLoopback } from "./image-reference.ts";
import { type RegistryWorld, sendOver } from "./registry-world.ts";
import { defaultRetryPolicy, retry } from "./retry.ts";

export interface RegistryRequest extends Omit<HttpRequest, "url" | "body"> {
  /** Below `/v2/<name>/`, or an absolute URL that the registry gave. */
  url: string | URL;
  /** Called for each attempt. */
  body?: () => NonNullable<HttpRequest["body"]>;
}

/** One repository of a registry. */
export interface Registry {
  reference: ImageReference;
  login: RegistryLogin | undefined;
  /** Sends a request, logs in where the registry asks for it, and answers with any other status. */
  send(request: RegistryRequest): Promise<HttpAnswer>;
  /** The URL of a `Location` header. Undefined if it is not a URL, or leads from HTTPS to plain HTTP. */
  resolve(location: string): URL | undefined;
  /** Runs a step until it succeeds, or fails for a reason that does not pass by itself. */
  retry<T>(step: () => Promise<T>): Promise<T>;
}

/**
 * Opens a repository. Nothing but this registry gets the login, and the servers that it names for tokens.
 *
 * @param actions - `pull` or `pull,push`.
 * @throws BuildpackError `image/login-unreadable`, `image/helper-failed`, `image/registry-*`.
 */
export async function openRegistry(
  reference: ImageReference,
  actions: "pull" | "pull,push",
  world: RegistryWorld,
): Promise<Registry> {
  const { env, signal, patience = defaultRetryPolicy, onRetry } = world;
  const login = await findLogin(reference.registry, env);
  const again = async <T>(step: () => Promise<T>) =>
    await retry(step, { patience, signal, onRetry });
  const origin = await again(async () => await originOf(reference, world));
  const base = new URL(`/v2/${reference.repository}/`, origin);
  const scope = `repository:${reference.repository}:${actions}`;
  let authorization: string | undefined;
  const once = async ({ url, body, headers = {}, method }: RegistryRequest) => {
    const target = new URL(url, base);
    const isOwn = target.origin === base.origin && authorization !== undefined;
    const all = { ...headers, ...(isOwn ? { authorization } : {}) } as Record<string, string>;
    const request = { method, url: target, headers: all, ...(body ? { body: body() } : {}) };
    return await sendOver(world, reference.registry, request);
  };
  const send = async (request: RegistryRequest) => {
    const answer = await once(request);
    // Another server, such as the storage of blobs, must not choose where the login goes.
    const isOwn = new URL(request.url, base).origin === base.origin;
    const challenge =
      isOwn && answer.status === 401 && parseChallenge(answer.header("www-authenticate"));
    if (!challenge) return answer;
    authorization = await authorize(challenge, { reference, login, scope, origin, world });
    if (authorization === undefined) return answer;
    answer.discard();
    return await once(request);
  };
  const resolve = (location: string) => resolveFrom(base, location);
  return { reference, login, send, resolve, retry: again };
}

/** The scheme is HTTPS, or HTTP if that is allowed and the server speaks nothing else. */
async function originOf(reference: ImageReference, world: RegistryWorld): Promise<URL> {
  const { registry } = reference;
  const secure = new URL(`https://${apiHost(registry)}`);
  try {
    const request = { method: "GET", url: new URL("/v2/", secure) } as const;
    (await sendOver(world, registry, request)).discard();
    return secure;
  } catch (error) {
    const isPlain =
      error instanceof BuildpackError && error.failure.code === "image/registry-plain";
    const mayBePlain = isLoopback(registry) || world.insecure.includes(registry);
    if (!isPlain || !mayBePlain) throw error;
    return new URL(`http://${registry}`);
  }
}

/** Registries redirect to the storage of their blobs. */
export function isRedirect({ status }: HttpAnswer): boolean {
  return status >= 301 && status <= 308;
}

function resolveFrom(base: URL, location: string): URL | undefined {
  if (!URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  return url.protocol === "https:" || url.protocol === base.protocol ? url : undefined;
}
