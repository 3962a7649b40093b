import type { RubyError } from "../failure.ts";

/**
 * The error that ended a Ruby program, and its causes after it, by what Ruby and `rake --trace` print. Other
 * lines of the output say nothing about why it ended. Empty if the output does not show an error.
 */
export function finalErrors(lines: readonly string[]): RubyError[] {
  const ofRake = lines.findLastIndex((line) => /^\S+ aborted!$/.test(line));
  if (ofRake >= 0) return splitAtCauses(lines.slice(ofRake + 1)).map(readRakeError);
  return readUncaught(lines);
}

function splitAtCauses(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line === "Caused by:") parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.filter((part) => part.some((line) => line !== ""));
}

// `NameError: message` and its further lines, then the backtrace. RuntimeError has no name there.
function readRakeError(lines: readonly string[]): RubyError {
  const end = lines.findIndex((line) => isFrame(line) || line.startsWith("Tasks: TOP"));
  const message = (end < 0 ? lines : lines.slice(0, end)).join("\n").trim();
  const [, name = "RuntimeError"] = /^([A-Z]\w*(?:::[A-Z]\w*)*): /.exec(message) ?? [];
  const text = message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return { name, message: withoutName(text, name), backtrace: framesFrom(lines, end) };
}

/** `detailed_message` of Ruby 3.2 and newer ends its first line with the name of the class. */
function withoutName(message: string, name: string): string {
  const [first = "", ...rest] = message.split("\n");
  return [first.replace(` (${name})`, ""), ...rest].join("\n");
}

function framesFrom(lines: readonly string[], start: number): string[] {
  if (start < 0) return [];
  const frames = lines.slice(start);
  const end = frames.findIndex((line) => !isFrame(line));
  return (end < 0 ? frames : frames.slice(0, end)).map((line) => line.trim().replace(/^from /, ""));
}

// `/app/Rakefile:4:in 'require'`
function isFrame(line: string): boolean {
  return /^\s*(from )?(\/|\.\/|<internal:|\w)[^\s:]*:(.*>:)?\d+(:in .*)?$/.test(line);
}

// `/app/Rakefile:4:in 'require': message (NameError)`, then lines with `from`, then its causes likewise.
const uncaught = /^(\S[^\s:]*:\d+(?::in [`'].*?')?): (.*) \(([A-Z][\w:]*)\)$/;

function readUncaught(lines: readonly string[]): RubyError[] {
  const starts = lines.flatMap((line, index) => (uncaught.test(line) ? [index] : []));
  const last = starts.at(-1);
  if (last === undefined) return [];
  // Causes follow the error itself without a break.
  const chain = starts.filter((start) => lines.slice(start, last).every(belongsToError));
  return chain.map((start) => readUncaughtAt(lines, start));
}

function belongsToError(line: string): boolean {
  return uncaught.test(line) || /^\s+from /.test(line);
}

function readUncaughtAt(lines: readonly string[], start: number): RubyError {
  const [, frame = "", message = "", name = ""] = uncaught.exec(lines[start] ?? "") ?? [];
  const rest = lines.slice(start + 1);
  const from = rest.findIndex((line) => /^\s+from /.test(line));
  return { name, message, backtrace: [frame, ...framesFrom(rest, from)] };
}
