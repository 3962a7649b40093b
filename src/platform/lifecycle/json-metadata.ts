/** A value as it can stand in TOML or JSON. */
export type JsonValue =
  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * A TOML table as an image's label keeps it. Labels hold JSON, which knows no dates: they become
 * strings. Infinities and NaN cannot be kept at all.
 *
 * @throws RangeError for such a number.
 */
export function toJsonMetadata(value: unknown): JsonValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`the number ${value} cannot be kept in a label`);
  }
  if (value instanceof Date) return value.toISOString().replace(".000", "");
  if (Array.isArray(value)) return value.map(toJsonMetadata);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, toJsonMetadata(item)]));
  }
  return value as string | number | boolean | null;
}

/**
 * The `metadata` table that a lifecycle writes from a label. JSON does not say which numbers were
 * integers, so that all come back as floats: `1` as `1.0`. A null is left out.
 */
export function metadataToml(metadata: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(metadata)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${tomlString(key)} = ${tomlValue(value)}\n`);
  return `[metadata]\n${lines.join("")}`;
}

function tomlValue(value: unknown): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "number") return tomlFloat(value);
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== null);
    return `{${members.map(([key, member]) => `${tomlString(key)} = ${tomlValue(member)}`).join(", ")}}`;
  }
  return String(value);
}

function tomlFloat(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text.replace("e+", "e") : `${text}.0`;
}

/** JSON's escapes are TOML's, save that TOML also wants DEL escaped. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007F");
}
