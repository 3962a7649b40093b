import TOML from "@iarna/toml";
import { parse, TomlDate, TomlError } from "smol-toml";

/** A date, a time or both, with the zone in which it was written, if any. */
export { TomlDate } from "smol-toml";

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
 * `number`, dates and times `TomlDate`. Tables have no prototype. Fractions of seconds keep three digits.
 *
 * @throws TomlSyntaxError with the line, where the text is not TOML or an integer has more than 64 bits.
 */
export function parseForeignToml(text: string): unknown {
  try {
    const document = parse(text, { integersAsBigInt: true });
    refuseLargeIntegers(document);
    return document;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line says what is wrong; a picture of the place follows.
    const [message = ""] = error.message.split("\n");
    throw new TomlSyntaxError(`${message} on line ${error.line}`, error.line);
  }
}

/** A date or time as TOML has it, without zeros at the end of a fraction. */
export function tomlDateText(date: TomlDate): string {
  return date
    .toISOString()
    .replace(/\.(\d*?)0+(?=$|[Z+-])/, (_text, digits: string) => {
      return digits === "" ? "" : `.${digits}`;
    })
    .replace(/-00:00$/, "Z");
}

/** Writes plain values as TOML. Keys whose value is `undefined` are left out. */
export function stringifyToml(value: object): string {
  // A round trip through JSON drops undefined members, on which the writer would choke.
  return TOML.stringify(JSON.parse(JSON.stringify(value)) as TOML.JsonMap);
}

function refuseLargeIntegers(value: unknown): void {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    throw new TomlSyntaxError(`the integer ${value} has more than 64 bits`, undefined);
  }
  if (typeof value !== "object" || value === null || value instanceof TomlDate) return;
  for (const item of Object.values(value)) refuseLargeIntegers(item);
}

function syntaxError(error: unknown): TomlSyntaxError {
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const line = (error as { line?: unknown }).line;
  // The parser counts lines from 0 in `line`, though its message counts from 1.
  return new TomlSyntaxError(message, typeof line === "number" ? line + 1 : undefined);
}
