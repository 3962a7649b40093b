/** Removes what Ruby's `String#strip` removes: white space in ASCII, and NUL. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isStripped(text.charCodeAt(start))) start++;
  while (end > start && isStripped(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether Ruby's `/^\s*$/` matches a line. */
export function isBlank(line: string): boolean {
  for (let index = 0; index < line.length; index++) {
    if (!isSpace(line.charCodeAt(index))) return false;
  }
  return true;
}

/** Splits as Ruby's `String#split` does: empty parts at the end are dropped. */
export function splitOn(text: string, separator: string): string[] {
  const parts = text.split(separator);
  while (parts.at(-1) === "") parts.pop();
  return parts;
}

/** Whether Ruby's `\s` matches a character: space, and tab to carriage return. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isStripped(code: number): boolean {
  return code === 0 || isSpace(code);
}
