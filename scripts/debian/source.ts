import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openSuites, tryAptGet } from "./apt.ts";
import { Unavailable } from "../unavailable.ts";
import { run, type Work } from "../work.ts";

/**
 * Downloads the upstream archive of a Debian source package into a directory. apt verifies it with the
 * archive's signed index. The machine's own apt configuration and state are not changed.
 *
 * @param version - the upstream version, such as `3.3.8`, in any Debian revision.
 * @returns the path of the `.orig.tar.*` file.
 * @throws Unavailable if no suite has the version, or the download fails.
 */
export async function fetchDebianSource(
  work: Work,
  name: string,
  version: string,
  directory: string,
): Promise<string> {
  const { apt, problem } = await openSuites(work, "deb-src", otherSuites);
  const problems = problem === undefined ? [] : [problem];
  for (const revision of await revisionsOf(work, apt, name, version)) {
    const fetching = await tryAptGet(work, ["source", "--download-only", `${name}=${revision}`], {
      apt,
      directory,
    });
    if (fetching === undefined) return await findOriginal(directory);
    problems.push(fetching);
  }
  const why = problems.at(-1) ?? "no suite has this version";
  throw new Unavailable(`Debian's archive has no usable source of ${name} ${version}: ${why}`);
}

/** Suites that have versions for the mirror, in addition to the machine's own. */
const otherSuites = ["bookworm", "trixie", "sid", "experimental"];

async function revisionsOf(work: Work, apt: string[], name: string, version: string) {
  const args = [...apt, "showsrc", "--only-source", name];
  const { stdout } = await run(work, "apt-cache", args).catch(() => ({ stdout: "" }));
  const offered = [...stdout.matchAll(/^Version: (\S+)$/gm)].map(([, revision = ""]) => revision);
  return [...new Set(offered)].filter((revision) => upstreamVersion(revision) === version);
}

/** `1:3.4.5-1~exp1` is upstream version 3.4.5. */
function upstreamVersion(revision: string): string {
  return revision.replace(/^\d+:/, "").replace(/-[^-]+$/, "");
}

async function findOriginal(directory: string): Promise<string> {
  const name = (await readdir(directory)).find((each) => /\.orig\.tar\.(gz|xz|bz2)$/.test(each));
  if (name === undefined) throw new Unavailable(`apt put no source archive into ${directory}`);
  return join(directory, name);
}
