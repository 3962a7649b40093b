import { trimSpace } from "../ruby-text.ts";

// A version like `1--a` has empty parts once it is normalized, and would not be valid again.
const onceNormalized = /^[0-9]+(?:\.[0-9a-zA-Z.]*)?$/;

/**
 * A version as RubyGems stores it: `1.0-rc1` becomes `1.0.pre.rc1`, an empty text `0`. `undefined` if the text
 * is not a version (Gem::Version.correct?).
 */
export function normalizeGemVersion(text: string): string | undefined {
  const trimmed = trimSpace(text);
  if (trimmed === "") return "0";
  if (!isCorrect(trimmed)) return undefined;
  return trimmed.includes("-") ? trimmed.replaceAll("-", ".pre.") : trimmed;
}

/**
 * Whether RubyGems accepts a version: numbers and words between dots, and more of them after a dash. Without
 * groups that repeat, because those overflow the stack for a version of many parts.
 */
function isCorrect(version: string): boolean {
  if (!/^[0-9A-Za-z.-]*$/.test(version) || !/^[0-9]+(?:[.-]|$)/.test(version)) return false;
  const dash = version.indexOf("-");
  const parts = dash < 0 ? [version] : [version.slice(0, dash), version.slice(dash + 1)];
  return parts.every((part) => part !== "" && !/^\.|\.\.|\.$/.test(part));
}

/**
 * Compares two versions as Gem::Version#<=> does: numbers by value, and letters before numbers, so `1.0.rc1`
 * comes before `1.0`. Returns a negative number, zero or a positive number.
 *
 * @throws TypeError if one of them is not a version.
 * @example compareGemVersions("2.10", "2.9") > 0
 */
export function compareGemVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = canonicalSegments(validVersion(a));
  const right = canonicalSegments(validVersion(b));
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const order = compareSegments(left[index] ?? "", right[index] ?? "");
    if (order !== 0) return order;
  }
  return signOfRest(left.slice(shared)) - signOfRest(right.slice(shared));
}

/** Whether a version is a prerelease, such as `3.4.0.preview1` (Gem::Version#prerelease?). */
export function isPrerelease(version: string): boolean {
  return hasLetters(validVersion(version));
}

function validVersion(version: string): string {
  const normalized = normalizeGemVersion(version);
  if (normalized !== undefined) return normalized;
  if (onceNormalized.test(version)) return version;
  throw new TypeError(`Not a gem version: ${version}`);
}

function hasLetters(version: string): boolean {
  return /[a-zA-Z]/.test(version);
}

function segmentsOf(version: string): string[] {
  return version.match(/[0-9]+|[a-zA-Z]+/g) ?? [];
}

// Zeros before letters and at the end have no meaning: 1.0.a equals 1.a, and 1.0 equals 1.
function canonicalSegments(version: string): string[] {
  const trimmed = withoutZerosAtEnd(version);
  return segmentsOf(hasLetters(trimmed) ? withoutZerosBeforeLetters(trimmed) : trimmed);
}

// Does what RubyGems' /(?<=[a-zA-Z.])[.0]+\z/ does, but never in quadratic time.
function withoutZerosAtEnd(version: string): string {
  let start = version.length;
  while (start > 0 && ".0".includes(version.charAt(start - 1))) start--;
  if (isLetters(version.charAt(start - 1))) return version.slice(0, start);
  const dot = version.indexOf(".", start);
  return dot < 0 ? version : version.slice(0, dot + 1);
}

// Does what /(?<=\.|\A)[0.]+(?=[a-zA-Z])/ does: removes only the first such run.
function withoutZerosBeforeLetters(version: string): string {
  for (const { index, 0: run } of version.matchAll(/[0.]+/g)) {
    const end = index + run.length;
    const dot = run.indexOf(".");
    const start = index === 0 ? 0 : dot < 0 ? end : index + dot + 1;
    if (start < end && isLetters(version.charAt(end))) {
      return version.slice(0, start) + version.slice(end);
    }
  }
  return version;
}

function compareSegments(a: string, b: string): number {
  if (isLetters(a) !== isLetters(b)) return isLetters(a) ? -1 : 1;
  if (isLetters(a)) return a < b ? -1 : Number(a > b);
  const [left, right] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  // Without leading zeros, the longer number is the greater one.
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : Number(left > right);
}

// The rest of a longer version makes it newer, or older if it begins with letters.
function signOfRest(rest: readonly string[]): number {
  const first = rest.find((segment) => isLetters(segment) || /[1-9]/.test(segment));
  if (first === undefined) return 0;
  return isLetters(first) ? -1 : 1;
}

function isLetters(segment: string): boolean {
  return segment.charCodeAt(0) > 0x39;
}
