import { mkdir } from "node:fs/promises";
import { runCommand } from "./command.ts";

/**
 * Extracts a layer of an image below a directory, as if that were `/`. The system's `tar` does it: it
 * takes absolute names for relative ones, and follows no link that the archive itself makes.
 *
 * @throws Error with what `tar` says.
 */
export async function extractLayer(archive: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const { exitCode, stderr } = await runCommand({
    file: "tar",
    args: ["--extract", "--file", archive, "--directory", directory, "--same-permissions"],
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
  });
  if (exitCode !== 0) throw new Error(stderr.trim().split("\n").at(-1));
}
