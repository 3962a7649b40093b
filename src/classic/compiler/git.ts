import { type CommandResult, runCommand } from "../../system/command.ts";

/** The environment for git: it leads to credentials, keys and proxies. */
export type GitEnv = Readonly<Record<string, string | undefined>>;

/**
 * Clones the newest commit of a repository, without asking for a password.
 *
 * @returns why it failed, if it did.
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
  return result.stderr.trim().split("\n").at(-1) || "git failed";
}

async function git(given: GitEnv, ...args: string[]): Promise<CommandResult> {
  const env: Record<string, string> = { GIT_TERMINAL_PROMPT: "0" };
  for (const [name, value] of Object.entries(given)) {
    if (
      value !== undefined &&
      /^(PATH|HOME|SSH_.*|GIT_SSH.*|.*_proxy|GIT_SSL_.*|SSL_CERT_.*)$/i.test(name)
    ) {
      env[name] = value;
    }
  }
  return await runCommand({ file: "git", args, cwd: "/", env });
}
