import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../src/system/command.ts";
import { writeAtomically } from "../../src/system/files.ts";
import { cacheDirectory } from "../../src/system/cache-directory.ts";
import { withLock } from "../cache.ts";
import { readDebianArchive, type DebianArchive } from "./archive.ts";
import type { Work } from "../work.ts";

/**
 * Arguments with which apt's tools see nothing but suites of Debian, the machine's own and others, whose
 * indexes are brought up to date, and what could not be. A suite that is not there takes nothing from
 * what the others offer. The machine's own apt configuration and state are not touched.
 *
 * @throws Unavailable where the machine is not Debian.
 */
export async function openSuites(
  work: Work,
  type: "deb" | "deb-src",
  suites: readonly string[],
): Promise<{ apt: string[]; problem?: string }> {
  const archive = await readDebianArchive();
  const home = join(cacheDirectory(work.env), type === "deb" ? "apt-binary" : "apt");
  const settings = {
    "Dir::Etc::sourcelist": join(home, "suites.sources"),
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(home, "lists"),
    // What the machine has installed is no reason to prefer a version.
    "Dir::State::status": join(home, "status"),
    "Dir::Cache": join(home, "cache"),
    "APT::Sandbox::User": process.getuid?.() === 0 ? "root" : "",
  };
  const apt = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return await withLock(work, "apt", async () => {
    await mkdir(join(home, "lists/partial"), { recursive: true });
    await mkdir(join(home, "cache/archives/partial"), { recursive: true });
    await writeAtomically(settings["Dir::State::status"], "");
    await writeAtomically(settings["Dir::Etc::sourcelist"], sourceEntry(archive, type, suites));
    const problem = await tryAptGet(work, ["-q", "update"], { apt, directory: home });
    return problem === undefined ? { apt } : { apt, problem };
  });
}

/** Runs `apt-get`; resolves to what it complained of first, where it failed. */
export async function tryAptGet(
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

function sourceEntry(
  { uris, signedBy, codename }: DebianArchive,
  type: "deb" | "deb-src",
  others: readonly string[],
): string {
  const suites = [...new Set([codename, ...others])];
  const lines = [
    `Types: ${type}`,
    `URIs: ${uris.join(" ")}`,
    `Suites: ${suites.join(" ")}`,
    "Components: main",
    ...(signedBy === undefined ? [] : [`Signed-By: ${signedBy}`]),
  ];
  return `${lines.join("\n")}\n`;
}
