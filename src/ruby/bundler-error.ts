/**
 * The error that ended Bundler or `gem install`: the lines after its last step, without empty ones. What a
 * step prints, such as a retried download or the message of a gem, is not the error.
 */
export function bundlerError(lines: readonly string[]): string[] {
  // Compilers may print lines that look like steps.
  const compiling = lines.findLastIndex((line) => line.startsWith("Gem::Ext::BuildError: "));
  const start = compiling >= 0 ? compiling : lines.findLastIndex((line) => step.test(line)) + 1;
  return lines.slice(start).filter((line) => line.trim() !== "");
}

const step =
  /^(?:Fetching|Downloading|Installing|Using|Resolving|Retrying|Building native extensions|Successfully installed|Bundle complete)\b/;
