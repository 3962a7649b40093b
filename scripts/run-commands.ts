import { execa } from "execa";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));

type Words = readonly [string, ...string[]];

/**
 * Runs commands one after another in the checkout, with its own tools first on PATH, and stops at
 * the first that fails.
 *
 * @returns the exit code of the one that failed, else 0.
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
 * Runs commands at the same time, as {@link runInOrder} does, and prints what each has said in their
 * order; all run to their ends.
 *
 * @returns the exit code of the first that failed, else 0.
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
