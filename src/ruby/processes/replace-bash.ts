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
  if (word === "" || builtins.has(word) || !redirected) return { line };
  return { line: `${line.slice(0, at)}exec ${line.slice(at)}` };
}

/** The line with each quoted or escaped character as a letter, so that only operators of bash are left. */
function withoutQuotes(line: string): string {
  const quoted = /\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs;
  return line.replace(quoted, (text) => "x".repeat(text.length));
}

function reasonToStay(plain: string): string | undefined {
  if (/(?<![|>])\|(?!\|)/.test(plain)) return "its line has a pipe";
  if (/(?<![&<>])&(?![&>])/.test(plain)) return "its line has a command in the background";
  if (/(^|[\s;])(\}|fi|done|esac)$/.test(plain) || /^\(.*\)$|[\s;]\([^()]*\)$/.test(plain)) {
    return "its line ends with a compound command";
  }
  return undefined;
}

// `exec` starts programs only.
const builtins = new Set(
  ". cd echo eval exec exit export false printf read set source test time trap true ulimit umask unset wait".split(
    " ",
  ),
);
