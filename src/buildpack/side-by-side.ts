import type { BuildContext } from "./build-context.ts";

/**
 * Runs tasks at the same time. If one fails, the downloads and commands of the others are stopped. Its
 * error is thrown when all have ended, so nothing keeps running after a build has failed.
 *
 * @param start starts the tasks with a context whose `run` and `signal` stop them.
 */
export async function sideBySide<Tasks extends [Promise<unknown>, ...Promise<unknown>[]]>(
  context: BuildContext,
  start: (shared: BuildContext) => Tasks,
): Promise<{ [Task in keyof Tasks]: Awaited<Tasks[Task]> }> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  // Also stops what a command has started: bootsnap's workers, for example, wait forever if only bootsnap is stopped.
  const run: BuildContext["run"] = (command) =>
    context.run({ signal, withDescendants: true, ...command });
  const tasks = start({ ...context, run, signal });
  try {
    return await Promise.all(tasks);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(tasks);
    throw error;
  }
}
