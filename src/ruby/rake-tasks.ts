/** The names of a Rakefile, in the order in which rake looks for them. */
export const rakefileNames = ["rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb"] as const;

/**
 * Reads the output of `rake -P`: a line `rake NAME` for each task, and indented lines with its prerequisites,
 * which need not be tasks. Ignores everything else that an app prints while it loads.
 *
 * @returns the full names of all tasks.
 */
export function parseRakeTasks(output: string): ReadonlySet<string> {
  const names = output.split(/\r?\n/).map((line) => /^rake (\S.*)$/.exec(line)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}
