import { execa } from "execa";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs commands one after another in the checkout, with its own tools first on PATH, and stops at
 * the first that fails.
 *
 * @returns the exit code of the one that failed, else 0.
 */
export async function runInOrder(
  commands: readonly (readonly [string, ...string[]])[],
  env: Record<string, string> = {},
): Promise<number> {
  for (const [file, ...args] of commands) {
    process.stdout.write(`\n> ${[file, ...args].join(" ")}\n`);
    const { exitCode } = await execa(file, args, {
      cwd: checkout,
      preferLocal: true,
      localDir: checkout,
      stdio: "inherit",
      reject: false,
      env,
    });
    if (exitCode !== 0) return exitCode ?? 1;
  }
  return 0;
}
