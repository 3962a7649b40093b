import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../src/system/command.ts";
import { writeAtomically } from "../src/system/files.ts";
import { cacheDirectory } from "../src/system/cache-directory.ts";
import { withLock } from "./cache.ts";
import { readDebianArchive, type DebianArchive } from "./debian-archive.ts";
import { Unavailable } from "./unavailable.ts";
import { run, type Work } from "./work.ts";

/**
 * Downloads the upstream archive of a Debian source package into a directory; apt checks it against
 * the archive's signed index. The machine's own apt configuration and state are not touched.
 *
 * @param version - upstream's version, such as `3.3.8`; any Debian revision of it will do.
 * @returns the path of the `.orig.tar.*` file.
 * @throws Unavailable where no suite offers the version or it cannot be fetched.
 */
export async function fetchDebianSource(
  work: Work,
  name: string,
  version: string,
  directory: string,
): Promise<string> {
  const { apt, problem } = await openSourceSuites(work);
  const problems = problem === undefined ? [] : [problem];
  for (const revision of await revisionsOf(work, apt, name, version)) {
    const fetching = await attempt(work, ["source", "--download-only", `${name}=${revision}`], {
      apt,
      directory,
    });
    if (fetching === undefined) return await findOriginal(directory);
    problems.push(fetching);
  }
  const why = problems.at(-1) ?? "no suite has it";
  throw new Unavailable(`Debian's archive gives no source of ${name} ${version}: ${why}`);
}

/** Beside the machine's own, the suites in which some version that the mirror offers stands. */
const otherSuites = ["bookworm", "trixie", "sid", "experimental"];

/**
 * Arguments with which apt's tools see the source suites alone, whose indexes are brought up to date,
 * and what could not be. A suite that is not there takes nothing from what the others offer.
 */
async function openSourceSuites(work: Work): Promise<{ apt: string[]; problem?: string }> {
  const archive = await readDebianArchive();
  const home = join(cacheDirectory(work.env), "apt");
  const settings = {
    "Dir::Etc::sourcelist": join(home, "source-suites.sources"),
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(home, "lists"),
    "Dir::Cache": join(home, "cache"),
    "APT::Sandbox::User": process.getuid?.() === 0 ? "root" : "",
  };
  const apt = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return await withLock(work, "apt", async () => {
    await mkdir(join(home, "lists/partial"), { recursive: true });
    await mkdir(join(home, "cache/archives/partial"), { recursive: true });
    await writeAtomically(settings["Dir::Etc::sourcelist"], sourceSuites(archive));
    const problem = await attempt(work, ["-q", "update"], { apt, directory: home });
    return problem === undefined ? { apt } : { apt, problem };
  });
}

/** Runs `apt-get`; resolves to what it complained of first, where it failed. */
async function attempt(
  { env, signal }: Work,
  args: readonly string[],
  { apt, directory }: { apt: readonly string[]; directory: string },
): Promise<string | undefined> {
  const command = { file: "apt-get", args: [...apt, ...args], cwd: directory, env, signal };
  const { exitCode, lines } = await runCommand(command);
  signal.throwIfAborted();
  const complaint = lines.find((line) => /^(E|W|Err): /.test(line)) ?? lines.at(-1) ?? "";
  // `apt-get update` counts it a success when it could not reach any suite.
  const unreachable = lines.some((line) => line.startsWith("W: Failed to fetch"));
  return exitCode === 0 && !unreachable ? undefined : complaint;
}

function sourceSuites({ uris, signedBy, codename }: DebianArchive): string {
  const suites = [...new Set([codename, ...otherSuites])];
  const lines = [
    "Types: deb-src",
    `URIs: ${uris.join(" ")}`,
    `Suites: ${suites.join(" ")}`,
    "Components: main",
    ...(signedBy === undefined ? [] : [`Signed-By: ${signedBy}`]),
  ];
  return `${lines.join("\n")}\n`;
}

async function revisionsOf(work: Work, apt: string[], name: string, version: string) {
  const args = [...apt, "showsrc", "--only-source", name];
  const { stdout } = await run(work, "apt-cache", args).catch(() => ({ stdout: "" }));
  const offered = [...stdout.matchAll(/^Version: (\S+)$/gm)].map(([, revision = ""]) => revision);
  return [...new Set(offered)].filter((revision) => upstreamVersion(revision) === version);
}

/** `1:3.4.5-1~exp1` is upstream's 3.4.5. */
function upstreamVersion(revision: string): string {
  return revision.replace(/^\d+:/, "").replace(/-[^-]+$/, "");
}

async function findOriginal(directory: string): Promise<string> {
  const name = (await readdir(directory)).find((each) => /\.orig\.tar\.(gz|xz|bz2)$/.test(each));
  if (name === undefined) throw new Unavailable(`apt left no source archive in ${directory}`);
  return join(directory, name);
}
