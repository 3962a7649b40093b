/**
 * JSON as lifecycles write it into labels: `<`, `>`, `&` and line separators are escaped, integers
 * are exact whatever their size. Members that are `undefined` are left out; the order of others stays.
 */
export function labelJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => exactNumber(item));
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Reads a label so that `labelJson` gives back each of its numbers digit by digit. */
export function parseLabelJson(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === "number" && source !== undefined && source !== String(value)
      ? rawJson(source)
      : value;
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

function exactNumber(value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(String(value));
  return Object.is(value, -0) ? rawJson("-0") : value;
}

/** Part of the language since ECMAScript 2026, which the compiler's library does not know yet. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(text);
}
