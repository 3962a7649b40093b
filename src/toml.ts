import TOML from "@iarna/toml";
import { parse, TomlDate as ParsersDate, TomlError } from "smol-toml";
import { type DateLiteral, dateLiterals, type TomlDate } from "./toml-date.ts";

export { TomlDate } from "./toml-date.ts";

/** A TOML document that could not be read; `line` counts from 1. */
export class TomlSyntaxError extends Error {
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.name = "TomlSyntaxError";
    this.line = line;
  }
}

/**
 * Reads a TOML document of ours into plain values.
 *
 * @throws TomlSyntaxError with the line, where the text is not TOML.
 */
export function parseToml(text: string): unknown {
  try {
    return TOML.parse(text);
  } catch (error) {
    throw syntaxError(error);
  }
}

/**
 * Reads a TOML 1.1 document that others wrote, and keeps its types: integers become `bigint`, floats
 * `number`, dates and times `TomlDate`. Tables have no prototype.
 *
 * @throws TomlSyntaxError with the line, where the text is not TOML, an integer has more than 64 bits, or there is
 * no such day or time.
 */
export function parseForeignToml(text: string): unknown {
  const literals = [...dateLiterals(text)];
  try {
    const document = parse(withNumbers(text, literals), { integersAsBigInt: true });
    refuseImpossibleDates(text, literals);
    return withOwnValues(document, literals);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line says what is wrong; a picture of the place follows.
    const [message = ""] = error.message.split("\n");
    throw new TomlSyntaxError(`${message} on line ${error.line}`, error.line);
  }
}

/**
 * Puts a number in place of each date, in the form of a date. The parser's own dates lose fractions below a
 * millisecond, and take 30 February for a day in March.
 */
function withNumbers(text: string, literals: readonly DateLiteral[]): string {
  const pieces = literals.map(({ start }, index) => {
    const before = text.slice(literals[index - 1]?.end ?? 0, start);
    return before + new Date(index).toISOString();
  });
  return pieces.join("") + text.slice(literals.at(-1)?.end ?? 0);
}

function refuseImpossibleDates(text: string, literals: readonly DateLiteral[]): void {
  const wrong = literals.find(({ date }) => date === undefined);
  if (!wrong) return;
  const line = text.slice(0, wrong.start).split("\n").length;
  const what = text.slice(wrong.start, wrong.end);
  throw new TomlSyntaxError(`there is no such date or time as ${what}, on line ${line}`, line);
}

/** Writes plain values as TOML. Keys whose value is `undefined` are left out. */
export function stringifyToml(value: object): string {
  // A round trip through JSON drops undefined members, on which the writer would choke.
  return TOML.stringify(JSON.parse(JSON.stringify(value)) as TOML.JsonMap);
}

/** Puts our dates in place of the parser's, and refuses integers that are too large. */
function withOwnValues(value: unknown, literals: readonly DateLiteral[]): unknown {
  if (value instanceof ParsersDate) return dateOf(value, literals);
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new TomlSyntaxError(`the integer ${value} has more than 64 bits`, undefined);
  }
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const [key, item] of Object.entries(members)) members[key] = withOwnValues(item, literals);
  return value;
}

function dateOf(number: ParsersDate, literals: readonly DateLiteral[]): TomlDate {
  const date = literals[number.getTime()]?.date;
  if (date) return date;
  throw new TomlSyntaxError("a date or time cannot be read", undefined);
}

function syntaxError(error: unknown): TomlSyntaxError {
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const line = (error as { line?: unknown }).line;
  // The parser counts lines from 0 in `line`, though its message counts from 1.
  return new TomlSyntaxError(message, typeof line === "number" ? line + 1 : undefined);
}
