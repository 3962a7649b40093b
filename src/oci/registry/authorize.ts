import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import type { Challenge } from "./challenge.ts";
import type { RegistryLogin } from "./docker-login.ts";
import type { ImageReference } from "./image-reference.ts";
import { refusal } from "./refusal.ts";
import { type RegistryWorld, sendOver } from "./registry-world.ts";
import { parseJson } from "../../system/parse-json.ts";

export interface AuthorizeRequest {
  reference: ImageReference;
  login: RegistryLogin | undefined;
  /** What access is asked for: `repository:shop/web:pull,push`. */
  scope: string;
  origin: URL;
  world: RegistryWorld;
}

/**
 * The value of `Authorization` that meets a challenge; none if a password is wanted and there is none.
 *
 * Spec: distribution project, token authentication.
 *
 * @throws BuildpackError `image/login-refused`, `image/registry-*`.
 */
export async function authorize(
  challenge: Challenge,
  request: AuthorizeRequest,
): Promise<string | undefined> {
  if (challenge.scheme === "basic") return basicOf(request.login);
  const token = await fetchToken(challenge, request);
  return `Bearer ${token}`;
}

function basicOf(login: RegistryLogin | undefined): string | undefined {
  if (!login || !("password" in login.secret)) return undefined;
  const pair = `${login.account}:${login.secret.password}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

type Bearer = Extract<Challenge, { scheme: "bearer" }>;

async function fetchToken(challenge: Bearer, request: AuthorizeRequest): Promise<string> {
  const { reference, login, world } = request;
  const { registry } = reference;
  const answer = await sendOver(world, registry, tokenRequest(challenge, request));
  const step = "give a token for the login";
  if (answer.status !== 200) throw await refusal({ reference, login }, step, answer);
  const parsed = tokenAnswer.safeParse(parseJson(await answer.text()));
  const token = parsed.data?.token ?? parsed.data?.access_token;
  if (token !== undefined) return token;
  const problem = "the answer contains no token";
  throw new BuildpackError({ code: "image/registry-wrong", registry, step, problem });
}

const tokenAnswer = z.looseObject({
  token: z.string().optional(),
  access_token: z.string().optional(),
});

function tokenRequest(challenge: Bearer, { reference, login, scope, origin }: AuthorizeRequest) {
  const url = realmOf(challenge.realm, reference, origin);
  const { service } = challenge;
  const asked = { ...(service === undefined ? {} : { service }), scope };
  if (login && "identityToken" in login.secret) {
    const form = { grant_type: "refresh_token", client_id: "lapidary", ...asked };
    const body = new URLSearchParams({ ...form, refresh_token: login.secret.identityToken });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", url, headers, body: body.toString() } as const;
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const authorization = basicOf(login);
  const headers = authorization === undefined ? {} : { authorization };
  return { method: "GET", url, headers } as const;
}

/** A login that is meant for HTTPS must not go to a server by plain HTTP. */
function realmOf(realm: string, { registry }: ImageReference, origin: URL): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && origin.protocol === "http:")) {
    return url;
  }
  const step = "say where to log in";
  const problem = `\`${realm}\` is not an HTTPS URL`;
  throw new BuildpackError({ code: "image/registry-wrong", registry, step, problem });
}
