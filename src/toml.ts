import TOML from "@iarna/toml";

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
 * Reads a TOML document into plain values.
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

/** Writes plain values as TOML. Keys whose value is `undefined` are left out. */
export function stringifyToml(value: object): string {
  // A round trip through JSON drops undefined members, on which the writer would choke.
  return TOML.stringify(JSON.parse(JSON.stringify(value)) as TOML.JsonMap);
}

function syntaxError(error: unknown): TomlSyntaxError {
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const line = (error as { line?: unknown }).line;
  // The parser counts lines from 0 in `line`, though its message counts from 1.
  return new TomlSyntaxError(message, typeof line === "number" ? line + 1 : undefined);
}
