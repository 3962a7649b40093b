/** The names under which Rake finds an app's tasks, in the order in which it looks for them. */
export const rakefileNames = ["rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb"] as const;

/**
 * Reads what `rake -P` prints: a line `rake NAME` for each task, followed by its prerequisites,
 * which are indented and which need not be tasks. Whatever else an app prints while it loads is
 * passed over.
 *
 * @returns the full names of all tasks, so that `assets:cleanup` is not taken for `assets:clean`.
 */
export function parseRakeTasks(output: string): ReadonlySet<string> {
  const names = output.split(/\r?\n/).map((line) => /^rake (\S.*)$/.exec(line)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}
