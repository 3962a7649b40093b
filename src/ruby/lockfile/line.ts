/** A line of a lockfile that is not blank; `number` counts from 1. */
export interface LockfileLine {
  number: number;
  text: string;
}

/** A lockfile that Bundler refuses too. Never leaves the parser: it becomes a `refused` answer. */
export class MalformedLockfile extends Error {
  readonly line: number;

  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

/** `name (version-platform)! rest`, the form of every line about a gem. */
export interface NameVersion {
  indent: number;
  name: string;
  version: string | undefined;
  platform: string | undefined;
  pinned: boolean;
  /** What follows after a space: in CHECKSUMS the checksums. */
  rest: string | undefined;
}

/** Splits a text into lines that end in LF or CR LF; a CR alone is part of its line. */
export function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (!text.includes("\r\n")) return lines;
  const last = lines.length - 1;
  return lines.map((line, index) =>
    index < last && line.endsWith("\r") ? line.slice(0, -1) : line,
  );
}

/**
 * Takes a line about a gem apart, exactly as Bundler's NAME_VERSION does, in time that grows
 * with the line's length; `undefined` where the line is indented in another way.
 *
 * The name is as short as it can be, so `foo (1.0`, cut off, is `foo` without a version.
 */
export function parseNameVersion(line: string): NameVersion | undefined {
  const indent = indentOf(line);
  if (indent !== 2 && indent !== 4 && indent !== 6) return undefined;
  const open = line.indexOf(" (", indent);
  // Nearly every line: nothing follows the version, and no marker comes before it.
  if (open >= 0 && line.endsWith(")") && line[open - 1] !== "!") {
    return nameWithVersion(line, indent, open, line.length);
  }
  const tails = tailsOf(line, indent);
  const bare = tails[0] ?? line.length;
  if (open < 0 || open > bare) return nameAlone(line, indent, bare);
  let close = tails.length - 1;
  while (close >= 0 && line[(tails[close] ?? 0) - 1] !== ")") close--;
  const end = tails[close] ?? 0;
  return end > open + 2 ? nameWithVersion(line, indent, open, end) : nameAlone(line, indent, bare);
}

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === 0x20) indent++;
  return indent;
}

// Where `!`, ` rest` or both can begin so that they reach the end of the line, in ascending order.
function tailsOf(line: string, from: number): number[] {
  const end = line.length;
  const starts = line.endsWith("!") ? [end - 1, end] : [end];
  const space = line.lastIndexOf(" ");
  if (space < from || space === end - 1) return starts;
  return line[space - 1] === "!" ? [space - 1, space, ...starts] : [space, ...starts];
}

function nameWithVersion(line: string, indent: number, open: number, close: number): NameVersion {
  const inside = line.slice(open + 2, close - 1);
  const dash = inside.indexOf("-");
  const pinned = line[close] === "!";
  return {
    indent,
    name: line.slice(indent, open),
    version: dash < 0 ? inside : inside.slice(0, dash),
    platform: dash < 0 ? undefined : inside.slice(dash + 1),
    pinned,
    rest: restAfter(line, pinned ? close + 1 : close),
  };
}

function nameAlone(line: string, indent: number, end: number): NameVersion {
  const pinned = line[end] === "!";
  return {
    indent,
    name: line.slice(indent, end),
    version: undefined,
    platform: undefined,
    pinned,
    rest: restAfter(line, pinned ? end + 1 : end),
  };
}

function restAfter(line: string, space: number): string | undefined {
  return space < line.length ? line.slice(space + 1) : undefined;
}
