/**
 * The environment variables without which a Ruby text or an ERB template stops: those that it reads with
 * `ENV.fetch("NAME")`, without a default. Leaves out comments, what depends on a condition or is only defined, and
 * variables that the text tests elsewhere.
 */
export function variablesWithoutDefault(text: string): string[] {
  const names = linesThatRun(text).flatMap((line) => namesIn(line, fetched));
  const tests = new Set(namesIn(text, tested));
  return [...new Set(names)].filter((name) => !tests.has(name));
}

/** Goes by the indentation, which is right for the code that people write. */
function linesThatRun(text: string): string[] {
  let inside = Infinity;
  return text.split("\n").filter((line) => {
    if (line.trim() === "") return false;
    const indentation = line.search(/\S/);
    if (indentation > inside) return false;
    inside = opensBlock.test(line) ? indentation : Infinity;
    return inside === Infinity && !/^\s*#|\b(?:if|unless|rescue)\b/.test(line);
  });
}

/** A block that may not run when the text is loaded. */
const opensBlock =
  /^\s*(?:<%[-=]?\s*)?(?:if|unless|elsif|else|case|when|begin|rescue|def)\b|->.*(?:\{|\bdo)\s*$/;

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
