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
      headers: headersFor(new URL(url), process.env["GITHUB_TOKEN"]),
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

/** What a request to a URL states about the program and, to GitHub's API only, about its user. */
export function headersFor({ origin }: URL, token: string | undefined): Record<string, string> {
  // GitHub refuses requests without the name of a program.
  const program = { "user-agent": "lapidary" };
  if (!token || origin !== "https://api.github.com") return program;
  return { ...program, authorization: `Bearer ${token}` };
}
