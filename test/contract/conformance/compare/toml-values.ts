import { parseForeignToml, TomlDate } from "../../../../src/toml.ts";

/** A TOML text as answers describe it: with the types that JSON does not have. */
export function describeToml(text: string): unknown {
  return describe(parseForeignToml(text));
}

function describe(value: unknown): unknown {
  if (typeof value === "bigint") return describeInteger(value);
  if (typeof value === "number") return { $float: floatText(value) };
  if (value instanceof TomlDate) return { $datetime: datetimeText(inMicroseconds(String(value))) };
  if (Array.isArray(value)) return value.map(describe);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, describe(item)]));
}

function describeInteger(value: bigint): unknown {
  const isSmall = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
  return isSmall ? Number(value) : { $integer: String(value) };
}

/** An answer with floats and times written as `describeToml` writes them. */
export function sameWriting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sameWriting);
  if (typeof value !== "object" || value === null) return value;
  const { $float: float, $datetime: datetime } = value as { $float?: string; $datetime?: string };
  if (float !== undefined) return { $float: floatText(Number(float.replace(/inf$/, "Infinity"))) };
  if (datetime !== undefined) return { $datetime: datetimeText(datetime) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sameWriting(item)]));
}

function floatText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Answers have six digits of a fraction. */
function inMicroseconds(text: string): string {
  return text.replace(/(\.\d{6})\d+/, "$1");
}

/** `2024-05-06T07:08:09.5Z`, without zeros at the end of the fraction. */
function datetimeText(text: string): string {
  return text
    .replace(/(\.\d*?)0+(?=$|[Z+-])/, "$1")
    .replace(/\.(?=$|[Z+-])/, "")
    .replace(/\+00:00$/, "Z");
}
