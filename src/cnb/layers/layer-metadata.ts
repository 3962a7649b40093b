/**
 * How a layer was made. Only strings and booleans: metadata is stored as JSON in an image label, where
 * integers become floats and dates become strings.
 */
export type LayerMetadata = Record<string, string | boolean | undefined>;

/** The `metadata` table in the form of a layer's schema: keys in camelCase, numbers as strings. */
export function fromDisk(table: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(table);
  return Object.fromEntries(entries.map(([key, value]) => [keyInside(key), withoutNumber(value)]));
}

/** The `metadata` table in the form of the file: keys in kebab-case. */
export function toDisk(metadata: LayerMetadata): Record<string, unknown> {
  const entries = Object.entries(metadata);
  return Object.fromEntries(entries.map(([key, value]) => [keyOnDisk(key), value]));
}

/** `rubyVersion` is `ruby-version` on disk. */
export function keyOnDisk(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function keyInside(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function withoutNumber(value: unknown): unknown {
  return typeof value === "number" || typeof value === "bigint" ? String(value) : value;
}
