import { posix } from "node:path";

/**
 * The regular expression of a pattern as Go's `filepath.Match` reads it, after `filepath.Clean`: `*` and `?`
 * stay within one part of a path, `[…]` holds characters and ranges, and may match a slash.
 *
 * @returns nothing for a pattern that is malformed.
 */
export function parsePattern(pattern: string): RegExp | undefined {
  const source = sourceOf(Array.from(posix.normalize(pattern || ".").replace(/(?<=.)\/$/, "")));
  return source === undefined ? undefined : new RegExp(`^${source}$`, "su");
}

function sourceOf(characters: string[]): string | undefined {
  let source = "";
  while (characters.length > 0) {
    const part = nextPart(characters);
    if (part === undefined) return undefined;
    source += part;
  }
  return source;
}

/** The expression for the first element of the pattern. Removes that element from `characters`. */
function nextPart(characters: string[]): string | undefined {
  const character = characters.shift();
  if (character === "*") return "[^/]*";
  if (character === "?") return "[^/]";
  if (character === "[") return nextSet(characters);
  const literal = character === "\\" ? characters.shift() : character;
  return literal === undefined ? undefined : codePoint(literal);
}

function nextSet(characters: string[]): string | undefined {
  const isNegated = characters[0] === "^";
  if (isNegated) characters.shift();
  let ranges = "";
  do {
    const range = nextRange(characters);
    if (range === undefined) return undefined;
    ranges += range;
  } while (characters[0] !== "]");
  characters.shift();
  // A range whose ends are the wrong way round matches nothing.
  const set = ranges === "" ? "(?!)" : `[${ranges}]`;
  return isNegated ? `(?!${set}).` : set;
}

function nextRange(characters: string[]): string | undefined {
  const low = nextOfSet(characters);
  if (low === undefined) return undefined;
  if (characters[0] !== "-") return codePoint(low);
  characters.shift();
  const high = nextOfSet(characters);
  if (high === undefined) return undefined;
  const isInOrder = (low.codePointAt(0) ?? 0) <= (high.codePointAt(0) ?? 0);
  return isInOrder ? `${codePoint(low)}-${codePoint(high)}` : "";
}

function nextOfSet(characters: string[]): string | undefined {
  const character = characters.shift();
  if (character === "-" || character === "]") return undefined;
  // A set has to end, so that something must come after each of its characters.
  const literal = character === "\\" ? characters.shift() : character;
  return characters.length > 0 ? literal : undefined;
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
