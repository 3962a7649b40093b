import { stripVTControlCharacters } from "node:util";

/** Output that is only printed if it turns out to be needed. */
export interface QuietOutput {
  write: (text: string) => void;
  /** The end of what was written: everything, or at least the last MiB of it. */
  log: () => string;
  /** The lines that warn, in their order: the first thousand. */
  warnings: () => string;
}

const keptCharacters = 1024 ** 2;
const keptWarnings = 1000;

/** Holds output back. Memory is limited, whatever is written. */
export function holdOutput(): QuietOutput {
  let log = "";
  let isCut = false;
  let unfinished = "";
  const warnings: string[] = [];
  return {
    write: (text) => {
      const lines = `${unfinished}${text}`.split("\n");
      unfinished = (lines.pop() ?? "").slice(-keptCharacters);
      warnings.push(...lines.filter(isWarning).slice(0, keptWarnings - warnings.length));
      log += text;
      if (log.length <= 2 * keptCharacters) return;
      log = log.slice(-keptCharacters);
      isCut = true;
    },
    log: () => (isCut ? `[the beginning of the log is left out]\n${log}` : log),
    warnings: () => warnings.map((line) => `${line.trimStart()}\n`).join(""),
  };
}

/**
 * Runs `work` with output that is held back: `print` gets the whole log if it fails, and otherwise the warnings.
 *
 * @throws whatever `work` throws, after the log was printed.
 */
export async function quietly(
  print: (text: string) => void,
  work: (write: (text: string) => void) => Promise<void>,
): Promise<void> {
  const held = holdOutput();
  try {
    await work(held.write);
  } catch (error) {
    print(held.log());
    throw error;
  }
  print(held.warnings());
}

/**
 * As sections (`!`) and the platform (`Warning:`) mark warnings. Other programs may print lines like these, which are
 * worth reading too.
 */
function isWarning(line: string): boolean {
  return /^(?: {0,4}! |Warning: )/.test(stripVTControlCharacters(line));
}
