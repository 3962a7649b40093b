import { loadInventory } from "../src/artifacts/inventory.ts";
import { resolveArtifact } from "../src/artifacts/resolve-artifact.ts";
import type { Target } from "../src/cnb/target.ts";
import { createFetcher, type FetchedBody } from "../src/system/http/fetcher.ts";
import type { WantedRuby } from "./wanted-ruby.ts";
import type { Work } from "./work.ts";

export type Upstream = { state: "has it"; host: string } | { state: "refuses"; why: string };

/**
 * Asks the host that a build would download a Ruby from whether it has it. Gives up after 5 seconds.
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
    const { url } = resolveArtifact(inventory, { ...wanted, target });
    const { host } = new URL(url);
    return await ask(url, host, async () => await fetcher.get(url, patience));
  } finally {
    await fetcher.close();
  }
}

const patienceMilliseconds = 5000;

async function ask(url: string, host: string, get: () => Promise<FetchedBody>): Promise<Upstream> {
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
