import type { BuildContext } from "./build-context.ts";

/**
 * Does two works at the same time. The first that fails stops the downloads and commands of the other;
 * what it threw is thrown once both have ended, so that nothing goes on behind a build that failed.
 *
 * @param start begins both, with a context of which they use `run` and `signal`.
 */
export async function sideBySide<A, B>(
  context: BuildContext,
  start: (shared: BuildContext) => [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const run: BuildContext["run"] = (command) => context.run({ signal, ...command });
  const works = start({ ...context, run, signal });
  try {
    return await Promise.all(works);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(works);
    throw error;
  }
}
