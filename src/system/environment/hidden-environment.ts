import { hasStrayBytes, printfText } from "./byte-text.ts";
import type { Command } from "../command.ts";
import { shellQuote } from "../shell-quote.ts";

/** The values of an environment under names that no program reads, and a script that gives them their real names again. */
export interface HiddenEnvironment {
  hidden: Record<string, string>;
  /** A script in POSIX sh: `sh -c SCRIPT NAME PROGRAM ARGUMENT…` becomes the program, with the real environment. */
  restore: string;
}

/**
 * Hides the variables of a command from the programs that start it with other rights, or outside of its root file
 * system: variables such as `LD_PRELOAD`, `TAR_OPTIONS` or `SHELLOPTS` make a program run what they name. The script
 * that restores them is for the user of the command, in its own root.
 *
 * No value becomes an argument, which other users could read, unless a shell cannot set a variable of that name: such
 * values are arguments of `env`, which replaces itself by the program at once. Values that are not UTF-8 are written out
 * for `printf`, since Node can only hand over text.
 */
export function hideEnvironment({ env, file }: Pick<Command, "env" | "file">): HiddenEnvironment {
  const variables = Object.entries(env).map(([name, value], index) => {
    return { name, value, alias: `_L${index}` };
  });
  const plain = variables.filter(({ name }) => isPlain(name));
  const others = variables.filter(({ name }) => !isPlain(name));
  const unset = ownVariables.filter((name) => !(name in env));
  // `env` would take such a program for one more variable.
  const shell = file.includes("=") ? ["/bin/sh", "-c", `'exec "$@"'`, "sandbox"] : [];
  const start = [
    "exec /usr/bin/env",
    ...[...unset, ...others.map(({ alias }) => alias)].map((name) => `--unset=${name}`),
    "--",
    ...others.map(({ name, alias }) => `${shellQuote(`${name}=`)}"$${alias}"`),
    ...shell,
    '"$@"',
  ];
  return {
    hidden: Object.fromEntries(
      variables.map(({ alias, value }) => [
        alias,
        hasStrayBytes(value) ? printfText(value) : value,
      ]),
    ),
    restore: [
      ...variables.filter(({ value }) => hasStrayBytes(value)).map(({ alias }) => printed(alias)),
      ...plain.map(({ name, alias }) => `export ${name}="$${alias}"`),
      ["unset", ...plain.map(({ alias }) => alias)].join(" "),
      start.join(" "),
    ].join("\n"),
  };
}

/** Command substitution drops line breaks at the end, so something has to stand behind them. */
function printed(alias: string): string {
  return `${alias}=$(printf '%b.' "$${alias}"); ${alias}=\${${alias}%.}`;
}

/** Variables that shells set for the programs that they start. */
const ownVariables = ["_", "OLDPWD", "PWD", "SHLVL"];

/** Whether a shell can set a variable without a change in what the shell, or `env` after it, does. */
function isPlain(name: string): boolean {
  return (
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !ownVariables.includes(name) && !special.test(name)
  );
}

const special =
  /^(LD_.*|GLIBC_TUNABLES|MALLOC_.*|GCONV_PATH|LOCPATH|LANG|LANGUAGE|LC_.*|NLSPATH|PATH|ENV|IFS|PS\d|POSIXLY_CORRECT|CDPATH|BASH.*|SHELLOPTS|UID|EUID|PPID|GROUPS|DIRSTACK|FUNCNAME|PIPESTATUS|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH.*|COMP_.*|HIST.*|OPT(IND|ARG|ERR)|_L\d+)$/;
