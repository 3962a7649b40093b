import { textOfBytes } from "../../system/environment/byte-text.ts";
import { readText } from "../../system/files.ts";
import { usageError } from "../../failure.ts";

/**
 * The variables of `--env` and `--env-file`: `NAME=value`, or `NAME` for the value in `ours`. `--env` wins
 * over files, and later values win over earlier ones. In a file, each line is a variable. Empty lines and
 * lines that start with `#` are ignored, and quotes are kept.
 *
 * @throws BuildpackError `platform/usage` for a file that cannot be read, or text that is not a variable.
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
  const file = await readText(path, textOfBytes);
  if (file.state !== "text") {
    const problem = file.state === "missing" ? "there is no such file" : file.problem;
    throw usageError(`\`--env-file ${path}\` cannot be read: ${problem}`);
  }
  return file.text.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line));
}

function variableIn(
  line: string,
  ours: Readonly<Record<string, string | undefined>>,
): [string, string] {
  const at = line.indexOf("=");
  const name = (at === -1 ? line : line.slice(0, at)).trim();
  if (name === "")
    throw usageError(`\`${line}\` is not a variable; \`--env\` takes \`NAME=value\``);
  refuseUnusableName(name);
  return [name, at === -1 ? (ours[name] ?? "") : line.slice(at + 1)];
}

/** Builds get each variable as a file of its name, and shells know no others. */
function refuseUnusableName(name: string): void {
  if (/^[^/=\0]+$/.test(name) && !/^\.{1,2}$/.test(name) && Buffer.byteLength(name) <= 255) return;
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  throw usageError(`\`${shown}\` cannot be the name of a variable`);
}
