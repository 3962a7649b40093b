import { Refused } from "./refused.ts";

/**
 * Downloads a text. GitHub's API gets the token in `GITHUB_TOKEN`, because it answers few requests without one.
 *
 * @throws Refused if the server cannot be reached, answers with an error, or redirects from `https:` to `http:`.
 */
export async function download(url: string): Promise<string> {
  if (!URL.canParse(url)) throw new Refused(`${url} is not a URL.`);
  try {
    const response = await fetch(url, {
      headers: headersFor(new URL(url)),
      signal: AbortSignal.timeout(60_000),
    });
    if (!response.ok) throw new Error(`the server answers with ${response.status}`);
    if (url.startsWith("https:") && !response.url.startsWith("https:")) {
      throw new Error(`the server redirects to ${response.url}`);
    }
    return await response.text();
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Refused(`${url}: ${cause instanceof Error ? cause.message : message}`);
  }
}

function headersFor({ origin }: URL): Record<string, string> {
  const token = origin === "https://api.github.com" && process.env["GITHUB_TOKEN"];
  // GitHub refuses requests without the name of a program.
  return { "user-agent": "lapidary", ...(token ? { authorization: `Bearer ${token}` } : {}) };
}
