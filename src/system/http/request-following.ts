import { type Dispatcher, request } from "undici";
import type { FetchedBody } from "./fetched-body.ts";

/** Requests a URL. Follows redirects, but for one from `https:` to `http:`, where anybody on the way could answer. */
export async function requestFollowing(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  redirections = 0,
): Promise<FetchedBody> {
  const response = await requestUrl(url, dispatcher, signal);
  if (response.location === undefined) return response;
  response.discard();
  if (redirections === maxRedirections) throw new Error("the server redirects without end");
  const next = new URL(response.location, url);
  const isSafe =
    next.protocol === "https:" || (next.protocol === "http:" && url.protocol === "http:");
  if (!isSafe) throw new Error(`the server redirects from ${url.protocol} to ${next.protocol}`);
  if (next.origin === url.origin) [next.username, next.password] = [url.username, url.password];
  return await requestFollowing(next, dispatcher, signal, redirections + 1);
}

const maxRedirections = 10;

async function requestUrl(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedBody & { location: string | undefined }> {
  const response = await request(withoutCredentials(url), {
    dispatcher,
    signal,
    headers: authorization(url),
  });
  const length = Number(response.headers["content-length"] ?? Number.NaN);
  const { body, statusCode: status, headers } = response;
  const { location } = headers;
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && typeof location === "string";
  return {
    location: isRedirect ? location : undefined,
    status,
    length: Number.isSafeInteger(length) ? length : undefined,
    body,
    discard: () => body.on("error", () => {}).destroy(),
  };
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

function authorization(url: URL): Record<string, string> {
  if (!url.username) return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
