/** A line of bash with each quoted or escaped character as a letter, so that only operators are left. */
export function withoutQuotes(line: string): string {
  const quoted = /\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs;
  return line.replace(quoted, (text) => "x".repeat(text.length));
}

/**
 * Whether the last command of a line is a compound one, such as `(…)`, `{ …; }` or `while …; done`, with or
 * without redirections. Neither `exec` nor arguments can be added to such a command.
 *
 * @param plain - the line {@link withoutQuotes}.
 */
export function endsInCompound(plain: string): boolean {
  const command = withoutRedirections(plain);
  if (/(^|[\s;])(\}|fi|done|esac)$/.test(command)) return true;
  return command.endsWith(")") && !endsInSubstitution(command);
}

/** Drops `2>&1`, `>> log` and the like from the end of a line. */
function withoutRedirections(plain: string): string {
  let rest = plain.trimEnd();
  for (;;) {
    const at = Math.max(rest.lastIndexOf(">"), rest.lastIndexOf("<"));
    if (at === -1 || !/^[&|]?\s*[^\s;|&()]+$/.test(rest.slice(at + 1))) return rest;
    const before = rest.slice(0, at).replace(/[<>&]$/, "");
    rest = before.replace(/(^|\s)\d+$/, "").trimEnd();
  }
}

/** Whether the parenthesis that ends a line closes a `$(…)` or a `<(…)`. */
function endsInSubstitution(line: string): boolean {
  let depth = 0;
  for (let at = line.length - 1; at >= 0; at--) {
    if (line[at] === ")") depth++;
    if (line[at] === "(" && --depth === 0) return /[$<>]/.test(line[at - 1] ?? "");
  }
  return false;
}
