import { endsInCompound, withoutQuotes } from "./bash-line.ts";

/**
 * Whether ` "$@"` can be added to the end of a line of bash, so that a user's arguments are appended to
 * its last command. This is not possible after a compound command, and not needed where the line already
 * says where its arguments go.
 */
export function takesArguments(line: string): boolean {
  if (usesArguments(line) || /[&;\\]$/.test(line)) return false;
  return !endsInCompound(withoutQuotes(line));
}

/** Whether a line of bash says itself where its arguments go. */
export function usesArguments(line: string): boolean {
  return /\$[@*]|\$\{[@*]/.test(line);
}
