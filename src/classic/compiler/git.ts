import { type CommandResult, runCommand } from "../../system/command.ts";

/** What git needs of its user: credentials, keys, proxies. */
export type GitEnv = Readonly<Record<string, string | undefined>>;

/**
 * Clones a repository, its newest state alone, and resolves to why that could not be done, if so.
 * Nobody is asked for a password.
 */
export async function cloneRepository(
  { url, branch }: { url: string; branch?: string | undefined },
  destination: string,
  env: GitEnv,
): Promise<string | undefined> {
  const options = branch === undefined ? [] : ["--branch", branch];
  const result = await git(env, "clone", "--quiet", "--depth", "1", ...options, url, destination);
  if (result.exitCode === 0) return undefined;
  if (result.exitCode === 127) return "it is a git repository, and `git` is not installed";
  return result.stderr.trim().split("\n").at(-1) ?? "git failed";
}

async function git(given: GitEnv, ...args: string[]): Promise<CommandResult> {
  const env: Record<string, string> = { GIT_TERMINAL_PROMPT: "0" };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && /^(PATH|HOME|SSH_.*|GIT_SSH.*|.*_proxy)$/i.test(name)) {
      env[name] = value;
    }
  }
  return await runCommand({ file: "git", args, cwd: "/", env });
}
