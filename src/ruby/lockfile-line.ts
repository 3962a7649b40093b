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
  const tails = tailsOf(line, indent);
  const bare = tails.find((start) => start >= indent) ?? line.length;
  const open = line.indexOf(" (", indent);
  if (open < 0 || open > bare) return withoutVersion(line, indent, bare);
  const close = tails.findLast((start) => start > open + 2 && line[start - 1] === ")");
  if (close === undefined) return withoutVersion(line, indent, bare);
  const inside = line.slice(open + 2, close - 1);
  const dash = inside.indexOf("-");
  return {
    indent,
    name: line.slice(indent, open),
    version: dash < 0 ? inside : inside.slice(0, dash),
    platform: dash < 0 ? undefined : inside.slice(dash + 1),
    ...tailAt(line, close),
  };
}

function indentOf(line: string): number {
  let indent = 0;
  while (line.charCodeAt(indent) === 0x20) indent++;
  return indent;
}

// Where `!`, ` rest` or both can begin so that they reach the end of the line, in ascending order.
function tailsOf(line: string, from: number): number[] {
  const end = line.length;
  const space = line.lastIndexOf(" ");
  const starts = line[end - 1] === "!" ? [end - 1, end] : [end];
  if (space >= from && space < end - 1) {
    starts.unshift(space);
    if (line[space - 1] === "!") starts.unshift(space - 1);
  }
  return starts;
}

function withoutVersion(line: string, indent: number, end: number): NameVersion {
  const name = line.slice(indent, end);
  return { indent, name, version: undefined, platform: undefined, ...tailAt(line, end) };
}

function tailAt(line: string, start: number): Pick<NameVersion, "pinned" | "rest"> {
  const pinned = line[start] === "!";
  const rest = line.slice(pinned ? start + 2 : start + 1);
  return { pinned, rest: rest === "" ? undefined : rest };
}
