import { trimSpace } from "./ruby-text.ts";

const pattern = /^[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

// What becomes of odd dashes, `1--a`, has empty parts, and is no version a second time.
const onceNormalized = /^[0-9]+(?:\.+[0-9a-zA-Z]+)*\.*$/;

/**
 * The form in which RubyGems keeps a version: `1.0-rc1` is `1.0.pre.rc1`, nothing is `0`;
 * `undefined` where the text is no version (Gem::Version.correct?).
 */
export function normalizeGemVersion(text: string): string | undefined {
  const trimmed = trimSpace(text);
  if (trimmed === "") return "0";
  if (!pattern.test(trimmed)) return undefined;
  return trimmed.includes("-") ? trimmed.replaceAll("-", ".pre.") : trimmed;
}

/**
 * Orders two versions as Gem::Version#<=> does: numbers by value, letters before any number, so
 * that `1.0.rc1` comes before `1.0`. Negative, zero or positive.
 *
 * @throws TypeError where one of them is no version.
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

/** Whether a version leads up to a release, as `3.4.0.preview1` does (Gem::Version#prerelease?). */
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

// Zeros before letters and at the end say nothing: 1.0.a and 1.a, 1.0 and 1 are the same version.
function canonicalSegments(version: string): string[] {
  const trimmed = withoutZerosAtEnd(version);
  return segmentsOf(hasLetters(trimmed) ? withoutZerosBeforeLetters(trimmed) : trimmed);
}

// As RubyGems' /(?<=[a-zA-Z.])[.0]+\z/ cuts, without its quadratic worst case.
function withoutZerosAtEnd(version: string): string {
  let start = version.length;
  while (start > 0 && ".0".includes(version.charAt(start - 1))) start--;
  if (isLetters(version.charAt(start - 1))) return version.slice(0, start);
  const dot = version.indexOf(".", start);
  return dot < 0 ? version : version.slice(0, dot + 1);
}

// As /(?<=\.|\A)[0.]+(?=[a-zA-Z])/ cuts, which is the first such run alone.
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
  // Of two numbers of any size without leading zeros, the longer one is greater.
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : Number(left > right);
}

// What a longer version has left over makes it newer, but older where letters come first.
function signOfRest(rest: readonly string[]): number {
  const first = rest.find((segment) => isLetters(segment) || /[1-9]/.test(segment));
  if (first === undefined) return 0;
  return isLetters(first) ? -1 : 1;
}

function isLetters(segment: string): boolean {
  return segment.charCodeAt(0) > 0x39;
}
