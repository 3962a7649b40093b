import { BuildpackError } from "../../../src/failure.ts";
import { failureLines } from "../../../src/output/print-failure.ts";
import { runProgram } from "../../../src/cli/program.ts";

/**
 * The command lines of a shell block that run `lapidary`, each as its arguments. A command may be typed as
 * `lapidary`, with a path before it, or as `npm start --`. In a `console` block, only lines after `$` count.
 */
export function lapidaryLines(block: { language: string; text: string }): string[][] {
  const lines = block.text.replace(/\\\n\s*/g, "").split("\n");
  const typed =
    block.language === "console"
      ? lines.flatMap((line) => /^\$ (.*)/.exec(line)?.[1] ?? [])
      : lines.map((line) => line.trim());
  return typed.flatMap(simpleCommands).flatMap((words) => argumentsOf(words) ?? []);
}

/** The commands of a line, each as its words, without comments and redirections. */
function simpleCommands(line: string): string[][] {
  const words = line.match(/(?:[^\s"'&|;]|"[^"]*"|'[^']*')+|&&|\|\|?|;|&/g) ?? [];
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word.startsWith("#")) break;
    if (/^(&&?|\|\|?|;)$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return commands;
}

function argumentsOf(words: readonly string[]): string[][] | undefined {
  const own = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  const [first = "", second, third] = own;
  if (/^(.*\/)?lapidary$/.test(first)) return [own.slice(1)];
  if (first === "npx" && second === "lapidary") return [own.slice(2)];
  if (first === "npm" && second === "start" && third === "--") return [own.slice(3)];
  if (first === "npm" && second === "run" && third === "package") {
    return [["package", ...own.slice(own[3] === "--" ? 4 : 3)]];
  }
  return undefined;
}

/** What `lapidary` refuses in these arguments; nothing if it would run. */
export async function problemOf(args: readonly string[]): Promise<string | undefined> {
  const ran = async () => 0;
  const commands = {
    ...{ build: ran, run: ran, doctor: ran, rebase: ran, inspect: ran },
    ...{ slug: ran, slugRun: ran, artifact: ran, package: ran },
  };
  try {
    await runProgram(args, commands, { version: "0", write: () => {} });
    return undefined;
  } catch (error) {
    if (error instanceof BuildpackError) return failureLines(error.failure).join("\n");
    throw error;
  }
}
