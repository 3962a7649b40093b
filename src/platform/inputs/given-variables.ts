import { BuildpackError } from "../../failure.ts";
import { readText } from "../../system/files.ts";

/**
 * The variables of `--env` and `--env-file`: `NAME=value`, or `NAME` for the value that `ours` has.
 * `--env` beats files, and later beats earlier. In a file, each line is one variable; empty lines and
 * lines that begin with `#` count for nothing, and no quotes are taken off.
 *
 * @throws BuildpackError `platform/usage` for a file that cannot be read or text that is no variable.
 */
export async function readGivenVariables(
  given: { env: readonly string[]; envFiles: readonly string[] },
  ours: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const lines: string[] = [];
  for (const path of given.envFiles) lines.push(...(await linesOf(path)));
  const pairs = [...lines, ...given.env].map((line) => variableIn(line, ours));
  return Object.fromEntries(pairs);
}

async function linesOf(path: string): Promise<string[]> {
  const file = await readText(path);
  if (file.state !== "text") {
    const problem = file.state === "missing" ? "there is no such file" : file.problem;
    throw usage(`\`--env-file ${path}\` cannot be read: ${problem}`);
  }
  return file.text.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line));
}

function variableIn(
  line: string,
  ours: Readonly<Record<string, string | undefined>>,
): [string, string] {
  const at = line.indexOf("=");
  const name = (at === -1 ? line : line.slice(0, at)).trim();
  if (name === "") throw usage(`\`${line}\` names no variable; \`--env\` takes \`NAME=value\``);
  return [name, at === -1 ? (ours[name] ?? "") : line.slice(at + 1)];
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
