/**
 * The environment variables without which a Ruby text or an ERB template stops: those that it reads with
 * `ENV.fetch("NAME")`, without a default. Leaves out comments, lines with a condition, and variables that the
 * text tests elsewhere.
 */
export function variablesWithoutDefault(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s*#|\b(?:if|unless|rescue)\b/.test(line));
  const names = lines.flatMap((line) => [...line.matchAll(fetched)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => !isTested(name, text));
}

const fetched = /\bENV\.fetch\(\s*["']([A-Z][A-Z0-9_]*)["']\s*\)(?!\s*(?:\{|do\b))/g;

function isTested(name: string, text: string): boolean {
  return new RegExp(`ENV(?:\\[|\\.(?:key|has_key|include|member)\\?\\()\\s*["']${name}["']`).test(
    text,
  );
}
