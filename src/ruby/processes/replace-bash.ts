import { endsInCompound, withoutQuotes } from "./bash-line.ts";

/** A line of a Procfile, and why bash keeps running beside its command, if it does. */
export interface BashLine {
  line: string;
  stays?: string;
}

/**
 * Makes bash replace itself with the last command of a line, so that this receives signals. Bash does so by
 * itself for most lines, but not where a command has redirections: these get `exec`. It cannot for pipes,
 * commands in the background and compound commands.
 */
export function replaceBash(line: string): BashLine {
  const plain = withoutQuotes(line);
  const stays = reasonToStay(plain);
  if (stays !== undefined) return { line, stays };
  const last = /^.*(?:&&|\|\||;)/s.exec(plain)?.[0].length ?? 0;
  const [, assignments = "", word = ""] =
    /^(\s*(?:[A-Za-z_]\w*=\S*\s+)*)([\w./-]+)(?=\s)/.exec(plain.slice(last)) ?? [];
  const at = last + assignments.length;
  const redirected = /[<>]/.test(plain.slice(at)) && !/[(){}`]/.test(plain.slice(last));
  if (word === "" || noPrograms.has(word) || !redirected) return { line };
  return { line: `${line.slice(0, at)}exec ${line.slice(at)}` };
}

function reasonToStay(plain: string): string | undefined {
  if (/(?<![|>])\|(?!\|)/.test(plain)) return "its line has a pipe";
  if (/(?<![&<>])&(?![&>])/.test(plain)) return "its line has a command in the background";
  if (endsInCompound(plain)) return "its line ends with a compound command";
  return undefined;
}

// `exec` starts programs only.
const noPrograms = new Set(
  `. builtin case cd command do done echo elif else esac eval exec exit export false fi for function if
  printf read select set source test then time trap true ulimit umask unset until wait while`.split(
    /\s+/,
  ),
);
