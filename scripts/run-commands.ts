import { execa } from "execa";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));

type Words = readonly [string, ...string[]];

/**
 * Runs commands one after the other in the checkout, with its own tools first on PATH. Stops at the first
 * one that fails.
 *
 * @returns the exit code of the failed command, or 0.
 */
export async function runInOrder(
  commands: readonly Words[],
  env: Record<string, string> = {},
): Promise<number> {
  for (const words of commands) {
    process.stdout.write(heading(words));
    const [file, ...args] = words;
    const { exitCode } = await execa(file, args, { ...inCheckout, stdio: "inherit", env });
    if (exitCode !== 0) return exitCode ?? 1;
  }
  return 0;
}

/**
 * Runs commands at the same time, otherwise as {@link runInOrder}. All run to their end, and their output
 * is printed in their order.
 *
 * @returns the exit code of the first failed command, or 0.
 */
export async function runTogether(commands: readonly Words[]): Promise<number> {
  const running = commands.map((words) => {
    const [file, ...args] = words;
    return { words, ending: execa(file, args, { ...inCheckout, all: true }) };
  });
  let failed = 0;
  for (const { words, ending } of running) {
    const { exitCode = 1, all } = await ending;
    process.stdout.write(`${heading(words)}${all === "" ? "" : `${all}\n`}`);
    failed ||= exitCode;
  }
  return failed;
}

const inCheckout = { cwd: checkout, preferLocal: true, localDir: checkout, reject: false } as const;

function heading(words: Words): string {
  return `\n> ${words.join(" ")}\n`;
}
