/**
 * The environment variables without which a Ruby text or an ERB template stops: those that it reads with
 * `ENV.fetch("NAME")`, without a default. Leaves out comments, code under a condition other than `Rails.env`, bodies of
 * methods, lambdas and tasks, and variables whose presence the text tests.
 */
export function variablesWithoutDefault(text: string, railsEnv = "production"): string[] {
  const lines = linesThatRun(text, railsEnv === "production");
  const names = lines.flatMap((line) => namesIn(line, fetched));
  const tests = new Set(namesIn(text, tested));
  return [...new Set(names)].filter((name) => !tests.has(name));
}

/** The variables that a file for the gem dotenv sets, in lines such as `NAME=value` and `export NAME: value`. */
export function variablesAssigned(text: string): string[] {
  return namesIn(text, assigned);
}

/** Goes by the indentation, which is right for the code that people write. */
function linesThatRun(text: string, inProduction: boolean): string[] {
  const all = text.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line));
  // `return if …` at the beginning of a file leaves out the rest of it.
  const end = all.findIndex((line) => /^return\b/.test(line));
  const lines = end === -1 ? all : all.slice(0, end);
  let block = Infinity;
  let elseRuns = Infinity;
  let templateBlocks = 0;
  return lines.filter((line, index) => {
    // A longer line is no code that people write.
    if (line.length > 1000) return false;
    const indentation = line.search(/\S/);
    const isInside = indentation > block || templateBlocks > 0;
    templateBlocks = Math.max(
      0,
      templateBlocks + countMatches(line, /<%-?\s*(?:if|unless|case)\b/g),
    );
    templateBlocks = Math.max(0, templateBlocks - countMatches(line, /<%-?\s*end\b/g));
    if (isInside) return false;
    const runs = inProduction && (runsInProduction.test(line) || isRunningElse(line, indentation));
    block = !runs && opensBlock.test(line) ? indentation : Infinity;
    elseRuns = inProduction && skippedInProduction.test(line) ? indentation : Infinity;
    const continues = /(?:&&|\|\||\s\?|\band|\bor)\s*$/.test(lines[index - 1] ?? "");
    const condition = inProduction ? line.replace(/\s+if Rails\.env\.production\?\s*$/, "") : line;
    return block === Infinity && !continues && !isConditional.test(condition);
  });

  function isRunningElse(line: string, indentation: number): boolean {
    return indentation === elseRuns && /^\s*else\s*$/.test(line);
  }
}

const otherEnvironments = /Rails\.env\.(?:development|test|local)\?/.source;
const onlyElsewhere = `${otherEnvironments}(?:\\s*\\|\\|\\s*${otherEnvironments})*`;
const runsInProduction = new RegExp(
  `^\\s*(?:if Rails\\.env\\.production\\?|unless ${onlyElsewhere})\\s*$`,
);
const skippedInProduction = new RegExp(
  `^\\s*(?:unless Rails\\.env\\.production\\?|if ${onlyElsewhere})\\s*$`,
);

function countMatches(line: string, pattern: RegExp): number {
  return line.match(pattern)?.length ?? 0;
}

/** A block that may not run when the text is loaded. */
const opensBlock = new RegExp(
  [
    /^[ \t]*(?:[\w.@]+[ \t]*(?:\|\|)?=[ \t]*)?(?:if|unless|elsif|else|case|when|begin|rescue|def)\b/,
    /^[ \t]*(?:task|multitask|file|rule)\b/,
    /\.(?:configure_server|configure_client|after_initialize|to_prepare)\b/,
    /->|\b(?:lambda|proc)\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
);
const isConditional = /\b(?:if|unless|rescue)\b|->|\b(?:lambda|proc)\b/;

const fetched = /\bENV\.fetch\(\s*["']([A-Z][A-Z0-9_]*)["']\s*\)(?!\s*(?:\{|do\b))/g;
const tested = /\bENV(?:\[|\.(?:key|has_key|include|member)\?\()\s*["']([A-Z][A-Z0-9_]*)["']/g;
const assigned = /^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)(?:[ \t]*=|:[ \t])/gm;

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}
