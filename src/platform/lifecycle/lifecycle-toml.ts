import { TomlDate } from "../../toml.ts";

type Table = Readonly<Record<string, unknown>>;

/**
 * Writes a table as lifecycles write TOML, byte for byte, so that layers which hold such a file have
 * their digests. In each table plain values come before tables; else the order stays. Integers are
 * `bigint`, numbers are floats. Members that are `undefined` or null are left out.
 */
export function lifecycleToml(table: Table): string {
  const text = tableLines([], table).join("");
  return text.startsWith("\n") ? text.slice(1) : text;
}

/** Sorts the members of all tables in a value, as lifecycles do where the keys are not theirs. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isTable(value)) return value;
  const members = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => Buffer.compare(bytes(a), bytes(b))));
}

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function tableLines(path: readonly string[], table: Table): string[] {
  const members = membersOf(table);
  const isBelow = (value: unknown) => isTable(value) || isTableArray(value);
  const plain = members.filter(([, value]) => !isBelow(value));
  const below = members.filter(([, value]) => isBelow(value));
  const indent = "  ".repeat(path.length);
  return [
    ...plain.map(([key, value]) => `${indent}${keyText(key)} = ${valueText(value)}\n`),
    ...below.flatMap(([key, value]) => namedTables([...path, key], value)),
  ];
}

/** Empty lines stand before each table of an array, and before tables at the top. */
function namedTables(path: readonly string[], value: unknown): string[] {
  const indent = "  ".repeat(path.length - 1);
  const name = path.map(keyText).join(".");
  if (isTableArray(value)) {
    return value.flatMap((table) => [`\n${indent}[[${name}]]\n`, ...tableLines(path, table)]);
  }
  const empty = path.length === 1 ? "\n" : "";
  return [`${empty}${indent}[${name}]\n`, ...tableLines(path, value as Table)];
}

function membersOf(table: Table): [string, unknown][] {
  return Object.entries(table).filter(([, value]) => value !== undefined && value !== null);
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : stringText(key);
}

function valueText(value: unknown): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number") return floatText(value);
  if (value instanceof TomlDate) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isTable(value)) {
    const members = membersOf(value).map(([key, item]) => `${keyText(key)} = ${valueText(item)}`);
    return `{${members.join(", ")}}`;
  }
  return String(value);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  // From this size on lifecycles write exponents, of two digits at least.
  if (Number(exponent) >= 6 || Number(exponent) < -4) {
    return `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const escapes: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

function stringText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- TOML forbids raw control characters.
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return escapes[character] ?? `\\u${code}`;
  });
  return `"${escaped}"`;
}

function isTable(value: unknown): value is Table {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof TomlDate)
  );
}

function isTableArray(value: unknown): value is Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}
