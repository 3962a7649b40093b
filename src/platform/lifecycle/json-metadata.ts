import { TomlDate } from "../../toml.ts";

/**
 * Converts a TOML value for a label of an image, with the members of tables sorted. Labels contain JSON,
 * which has no dates: they become strings. Infinities and NaN cannot be stored.
 *
 * @throws RangeError for such a number.
 */
export function toJsonMetadata(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`the number ${value} cannot be kept in a label`);
  }
  if (value instanceof TomlDate) return instantText(value);
  if (Array.isArray(value)) return value.map(toJsonMetadata);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, item]) => [key, toJsonMetadata(item)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b))));
}

/** Missing parts of a date, a time or a zone are those of the beginning of year 0 in UTC. */
function instantText({ date = "0000-01-01", time = "00:00:00", zone = "Z" }: TomlDate): string {
  return String(new TomlDate({ date, time, zone }));
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}
