import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseInventoryFile } from "../src/artifacts/inventory-file.ts";
import { mirrorFor, readMirrors } from "../src/artifacts/mirrors.ts";
import { writeAtomically } from "../src/system/files.ts";
import { createFetcher, type Fetcher } from "../src/system/http/fetcher.ts";
import { runScript } from "./run-script.ts";
import { environment } from "./work.ts";

export interface Recorded {
  /** The inventory with the checksums. Everything else in it stays as it was, comments too. */
  text: string;
  /** The URLs whose checksums are new. */
  added: string[];
  /** The URLs that could not be downloaded, and why. They are tried again the next time. */
  failed: { url: string; problem: string }[];
}

/**
 * Downloads every artifact that has no checksum, and records its SHA-256 as first seen. A checksum that is
 * there is never changed: a file that changes later is refused by every build.
 */
export async function recordChecksums(
  text: string,
  env: Readonly<Record<string, string>>,
  fetcher: Fetcher,
): Promise<Recorded> {
  const mirrors = readMirrors(env, []);
  const result: Recorded = { text, added: [], failed: [] };
  for (const { url, sha256 } of parseInventoryFile(text, "inventory")) {
    if (sha256 !== undefined) continue;
    try {
      const source = mirrorFor({ url, sha256 }, mirrors)?.url ?? url;
      const digest = await digestOf(source, fetcher);
      result.text = withChecksum(result.text, url, digest);
      result.added.push(url);
    } catch (error) {
      result.failed.push({ url, problem: (error as Error).message });
    }
  }
  return result;
}

async function digestOf(url: string, fetcher: Fetcher): Promise<string> {
  const { status, length, body, discard } = await fetcher.get(url, AbortSignal.timeout(600_000));
  if (status !== 200) {
    discard();
    throw new Error(`the server answered with status ${status}`);
  }
  const hash = createHash("sha256");
  let received = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    received += chunk.length;
  }
  if (length !== undefined && received !== length) throw new Error("the download ended early");
  return hash.digest("hex");
}

/** Each entry has its URL on a line of its own, below which the checksum goes. */
function withChecksum(text: string, url: string, digest: string): string {
  const line = `url = ${JSON.stringify(url)}\n`;
  const at = text.indexOf(line);
  if (at < 0) throw new Error("its entry has no line `url`");
  const end = at + line.length;
  return `${text.slice(0, end)}sha256 = "${digest}"\n${text.slice(end)}`;
}

const inventory = fileURLToPath(new URL("../inventory/ruby-prebuilt.toml", import.meta.url));

if (import.meta.main) {
  await runScript(async () => {
    const env = environment();
    const fetcher = createFetcher({ env });
    const { text, added, failed } = await recordChecksums(
      await readFile(inventory, "utf8"),
      env,
      fetcher,
    );
    await fetcher.close();
    await writeAtomically(inventory, text);
    for (const url of added) process.stdout.write(`Recorded ${url}\n`);
    for (const { url, problem } of failed) process.stderr.write(`! ${url}: ${problem}\n`);
    return failed.length > 0 ? 1 : 0;
  });
}
