import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../src/system/command.ts";
import { writeAtomically } from "../../src/system/files.ts";
import { cacheDirectory } from "../../src/system/cache-directory.ts";
import { withLock } from "../cache.ts";
import { readDebianArchive, type DebianArchive } from "./archive.ts";
import type { Work } from "../work.ts";

/**
 * Arguments that make apt's tools use only the given suites of Debian and the machine's own, after their
 * indexes are updated. `problem` is the first error of that update; suites that could be read are still
 * usable. The machine's own apt configuration and state are not changed.
 *
 * @throws Unavailable if the machine does not run Debian.
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
    // Installed packages must not make apt prefer a version.
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

/** Runs `apt-get`. Resolves to its first error message if it failed. */
export async function tryAptGet(
  { env, signal }: Work,
  args: readonly string[],
  { apt, directory }: { apt: readonly string[]; directory: string },
): Promise<string | undefined> {
  const command = { file: "apt-get", args: [...apt, ...args], cwd: directory, env, signal };
  const { exitCode, lines } = await runCommand(command);
  signal.throwIfAborted();
  const complaint = lines.find((line) => /^(E|W|Err): /.test(line)) ?? lines.at(-1) ?? "";
  // `apt-get update` exits with 0 even if it could not reach any suite.
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
