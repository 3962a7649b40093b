/** Does what Ruby's `String#strip` does: removes ASCII white space and NUL. */
export function strip(text: string): string {
  return trim(text, (code) => code === 0 || isSpace(code));
}

/** Removes what Ruby's `\s` matches at both ends, but not NUL. */
export function trimSpace(text: string): string {
  return trim(text, isSpace);
}

/** Whether Ruby's `/^\s*$/` matches a line. */
export function isBlank(line: string): boolean {
  for (let index = 0; index < line.length; index++) {
    if (!isSpace(line.charCodeAt(index))) return false;
  }
  return true;
}

/** Splits as Ruby's `String#split` does, without empty parts at the end. */
export function splitOn(text: string, separator: string): string[] {
  if (!text.includes(separator)) return text === "" ? [] : [text];
  const parts = text.split(separator);
  while (parts.at(-1) === "") parts.pop();
  return parts;
}

/** Whether Ruby's `\s` matches a character: a space, or tab to carriage return. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function trim(text: string, drop: (code: number) => boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && drop(text.charCodeAt(start))) start++;
  while (end > start && drop(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
