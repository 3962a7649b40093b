/**
 * Whether ` "$@"` can be added to the end of a line of bash, so that a user's arguments are appended to
 * its last command. This is not possible after a compound command, and not needed where the line already
 * says where its arguments go.
 */
export function takesArguments(line: string): boolean {
  if (usesArguments(line)) return false;
  if (/(^|[\s;])(\}|fi|done|esac)$/.test(line) || /[&;\\]$/.test(line)) return false;
  return !line.endsWith(")") || endsInSubstitution(line);
}

/** Whether a line of bash says itself where its arguments go. */
export function usesArguments(line: string): boolean {
  return /\$[@*]|\$\{[@*]/.test(line);
}

/** Whether the parenthesis that ends a line closes a `$(…)`. */
function endsInSubstitution(line: string): boolean {
  let depth = 0;
  for (let at = line.length - 1; at >= 0; at--) {
    if (line[at] === ")") depth++;
    if (line[at] === "(" && --depth === 0) return line[at - 1] === "$";
  }
  return false;
}
