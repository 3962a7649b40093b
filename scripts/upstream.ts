import { loadInventory } from "../src/artifacts/inventory.ts";
import { newestOfBranch, resolveArtifact } from "../src/artifacts/resolve-artifact.ts";
import type { Target } from "../src/cnb/target.ts";
import type { FetchedBody } from "../src/system/http/fetched-body.ts";
import { createFetcher } from "../src/system/http/fetcher.ts";
import type { WantedRuby } from "./wanted-ruby.ts";
import type { Work } from "./work.ts";

export type Upstream = { version: string } & Answer;

type Answer = { state: "has it"; host: string } | { state: "refuses"; why: string };

/**
 * Asks the host that a build would download a Ruby from whether it has it. Gives up after 5 seconds. Of a branch such as `3.3`,
 * a build installs the newest release.
 *
 * @throws BuildpackError `artifact/version-unknown`, `artifact/none-for-target`.
 */
export async function askUpstream(
  work: Work,
  wanted: WantedRuby,
  target: Target,
  buildpackDir: string,
): Promise<Upstream> {
  const fetcher = createFetcher({ env: work.env });
  const patience = AbortSignal.any([work.signal, AbortSignal.timeout(patienceMilliseconds)]);
  try {
    const inventory = await loadInventory({ buildpackDir }, { ...work, fetcher });
    const version = newestOfBranch(inventory, { ...wanted, target }) ?? wanted.version;
    const { url } = resolveArtifact(inventory, { ...wanted, version, target });
    const { host } = new URL(url);
    return { version, ...(await ask(url, host, async () => await fetcher.get(url, patience))) };
  } finally {
    await fetcher.close();
  }
}

const patienceMilliseconds = 5000;

async function ask(url: string, host: string, get: () => Promise<FetchedBody>): Promise<Answer> {
  try {
    const response = await get();
    response.discard();
    if (response.status === 200) return { state: "has it", host };
    return { state: "refuses", why: `\`${url}\` answers with ${response.status}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { state: "refuses", why: `\`${host}\` cannot be reached (${why})` };
  }
}
