import { randomUUID } from "node:crypto";

/**
 * Runs `work`, whose output contains that of an app. In GitHub Actions, a line such as `::add-path::…` is a command for
 * the runner, whoever prints it: the runner ignores commands until the work ends.
 */
export async function withoutWorkflowCommands<T>(
  env: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  if (env["GITHUB_ACTIONS"] !== "true") return await work();
  const token = randomUUID();
  print(`::stop-commands::${token}\n`);
  try {
    return await work();
  } finally {
    print(`::${token}::\n`);
  }
}
