import type { CommanderError } from "@commander-js/extra-typings";
import { BuildpackError } from "../failure.ts";

/**
 * What commander found wrong, as our own failure. Its messages look like
 * `error: unknown option '--sate'\n(Did you mean --state?)`.
 */
export function fromCommander(error: CommanderError, command?: string): BuildpackError {
  const [first = "", hint = ""] = error.message.replace(/^error: /, "").split("\n");
  const problem = first.replaceAll("'", "`").replace(/\.$/, "");
  const suggestion = /Did you mean (?:one of )?(.+)\?/.exec(hint)?.[1];
  return new BuildpackError({
    code: "platform/usage",
    problem: problem.charAt(0).toUpperCase() + problem.slice(1),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(command === undefined ? {} : { command }),
  });
}
