import { withoutQuotes } from "./bash-line.ts";

/**
 * The program of the app that a line of bash starts first, if its path is relative and plain: `bin/puma` of
 * `RUBY_YJIT_ENABLE=1 bin/puma -C config/puma.rb`.
 */
export function appProgram(line: string): string | undefined {
  // Quotes are letters in `plain`, at the same places.
  const plain = withoutQuotes(line);
  const [match = "", program = ""] =
    /^\s*(?:(?:exec|[A-Za-z_]\w*=\S*)\s+)*(\.?[\w-][\w.-]*\/[\w./-]+|\.\/[\w./-]+)(?=\s|;|&|$)/.exec(
      plain,
    ) ?? [];
  const start = match.length - program.length;
  const isPlain = program !== "" && line.slice(start, match.length) === program;
  return isPlain && !program.split("/").includes("..") ? program : undefined;
}
