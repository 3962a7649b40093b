/**
 * The environment variables without which a Ruby text or an ERB template stops: those that it reads with
 * `ENV.fetch("NAME")`, without a default. Leaves out comments, lines with a condition, and variables that the
 * text tests elsewhere.
 */
export function variablesWithoutDefault(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s*#|\b(?:if|unless|rescue)\b/.test(line));
  const names = lines.flatMap((line) => namesIn(line, fetched));
  const tests = new Set(namesIn(text, tested));
  return [...new Set(names)].filter((name) => !tests.has(name));
}

/** The variables that a file for the gem dotenv sets, in lines such as `NAME=value` and `export NAME: value`. */
export function variablesAssigned(text: string): string[] {
  return namesIn(text, assigned);
}

const fetched = /\bENV\.fetch\(\s*["']([A-Z][A-Z0-9_]*)["']\s*\)(?!\s*(?:\{|do\b))/g;
const tested = /\bENV(?:\[|\.(?:key|has_key|include|member)\?\()\s*["']([A-Z][A-Z0-9_]*)["']/g;
const assigned = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)(?:\s*=|:\s)/gm;

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}
