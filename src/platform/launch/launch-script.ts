import { readFile } from "node:fs/promises";
import type { EnvModification } from "../../cnb/layer-env.ts";
import { BuildpackError } from "../../failure.ts";
import { shellQuote as quote } from "../../system/shell-quote.ts";
import type { ForProcess, LaunchLayer, LaunchPlan, LaunchProcess } from "./launch-plan.ts";

/**
 * A launcher in POSIX sh for exactly this image. It does what the lifecycle's launcher does: the
 * name under which it is called chooses the process type; it sets up the environment of the layers,
 * runs their exec.d programs, and becomes the process. Under a name that is no process type it runs
 * its arguments: `-- CMD ARG…` as they are, `CMD ARG…` through bash after the profile scripts.
 * It exits 82 where there is nothing to become.
 *
 * Two things a shell cannot do: it drops variables whose names are no shell names, and it sets PWD.
 *
 * @throws BuildpackError `platform/launch-failed` for a layer that sets such a variable.
 */
export async function launchScript(plan: LaunchPlan): Promise<string> {
  return [
    "#!/bin/sh",
    await readLauncherFunctions(),
    chooseType(plan.processes),
    `cd ${quote(plan.app)} || lapidary_fail "change to app directory"`,
    "lapidary_clear_environment",
    ...environmentLines(plan.buildpacks),
    ...plan.processes.map((process) => becomeProcess(process, plan)),
    becomeCommand(plan.app),
    becomeScript(plan.app, plan.buildpacks.flat()),
    "",
  ].join("\n");
}

/** The functions that all generated lines call, in POSIX sh. */
export async function readLauncherFunctions(): Promise<string> {
  return await readFile(new URL("./launcher.sh", import.meta.url), "utf8");
}

/**
 * Lines that set up what layers bring into the environment of a process, exec.d programs included;
 * `$lapidary_type` is the type of the process. `word` turns values and paths into words of the shell.
 */
export function environmentLines(
  buildpacks: LaunchPlan["buildpacks"],
  word: Word = quote,
): string[] {
  return [
    ...buildpacks.flatMap((own) => [
      ...own.flatMap((layer) => layerPaths(layer, word)),
      ...own.flatMap((layer) => layerEnv(layer, word)),
    ]),
    ...buildpacks.flat().flatMap(({ execD }) => execD.map((program) => runExecD(program, word))),
  ];
}

type Word = (text: string) => string;

/** Known process types hold nothing but letters, digits, `.`, `_` and `-`. */
function chooseType(processes: readonly LaunchProcess[]): string {
  const types = processes.map(({ type }) => quote(type)).join(" | ");
  const known = types === "" ? [] : [`${types}) ;;`];
  return [
    "lapidary_type=${0##*/}",
    `case $lapidary_type in\n${[...known, "*) lapidary_type= ;;"].join("\n")}\nesac`,
    '[ -n "$lapidary_type" ] || [ $# -gt 0 ] ||',
    '  lapidary_fail "when there is no default process a command is required"',
  ].join("\n");
}

function layerPaths({ path, hasBin, hasLib }: LaunchLayer, word: Word): string[] {
  return [
    ...(hasBin ? [`lapidary_prepend PATH ${word(`${path}/bin`)} :`] : []),
    ...(hasLib ? [`lapidary_prepend LD_LIBRARY_PATH ${word(`${path}/lib`)} :`] : []),
  ];
}

/** `env`, then `env.launch`, then that of the process; modifications come in their files' order. */
function layerEnv({ path, env }: LaunchLayer, word: Word): string[] {
  const common = [...env.filter(({ scope }) => scope === "all")];
  common.push(...env.filter(({ scope }) => scope === "launch"));
  const lines = common.map((modification) => modify(modification, path, word));
  for (const modification of env) {
    if (typeof modification.scope === "string") continue;
    lines.push(forProcess(modification.scope.process, modify(modification, path, word)));
  }
  return lines;
}

/**
 * The line that makes one modification.
 *
 * @throws BuildpackError `platform/launch-failed` for a name that is none in a shell.
 */
export function modify(
  { name, behavior, value, delim = "" }: EnvModification,
  layer: string,
  word: Word,
): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const problem = `${layer} sets \`${name}\`, which no shell can pass on`;
    throw new BuildpackError({ code: "platform/launch-failed", problem });
  }
  if (behavior === "override") return `lapidary_set ${name} ${word(value)}`;
  if (behavior === "default") return `lapidary_default ${name} ${word(value)}`;
  return `lapidary_${behavior} ${name} ${word(value)} ${word(delim)}`;
}

function runExecD({ path, process }: ForProcess, word: Word): string {
  const line = `lapidary_exec_d ${word(path)}`;
  return process === undefined ? line : forProcess(process, line);
}

function forProcess(type: string, line: string): string {
  return `[ "$lapidary_type" != ${quote(type)} ] || ${line}`;
}

function becomeProcess(process: LaunchProcess, { app, argsReplace }: LaunchPlan): string {
  const { type, command, args, workingDir } = process;
  if (!command[0]) return failWithout(type);
  const lines = [`  lapidary_become ${quote(workingDir || app)} ${command.map(quote).join(" ")} "$@"`];
  if (args.length > 0) {
    const own = args.map(quote).join(" ");
    lines.unshift(argsReplace ? `  [ $# -gt 0 ] || set -- ${own}` : `  set -- ${own} "$@"`);
  }
  return [`if [ "$lapidary_type" = ${quote(type)} ]; then`, ...lines, "fi"].join("\n");
}

function failWithout(type: string): string {
  const problem = quote(`no command provided for process type "${type}"`);
  return `[ "$lapidary_type" != ${quote(type)} ] || lapidary_fail ${problem}`;
}

function becomeCommand(app: string): string {
  return [
    'if [ "$1" = -- ] && [ $# -gt 1 ]; then',
    "  shift",
    `  lapidary_become ${quote(app)} "$@"`,
    "fi",
  ].join("\n");
}

/**
 * A command alone is a script; in a command with arguments each word is evaluated by itself. Profile
 * scripts may change the directory: the app's own is looked for where they left off, as lifecycles do it.
 */
function becomeScript(app: string, layers: readonly LaunchLayer[]): string {
  const script = [
    "lapidary_own=; [ ! -f .profile ] || lapidary_own=yes",
    ...layers.flatMap(({ profiles }) => profiles.map((path) => `source ${quote(path)}`)),
    '[ -z "$lapidary_own" ] || source .profile',
    `cd ${quote(app)}`,
    '[ $# -gt 1 ] || exec bash -c "$1"',
    `exec bash -c ${quote(evaluateWords)} "$0" "$@"`,
  ].join("\n");
  return [
    '[ -x /bin/bash ] || lapidary_fail "bash exec: there is no /bin/bash"',
    "unset PWD OLDPWD",
    `exec /bin/bash -c ${quote(script)} "$0" "$@"`,
  ].join("\n");
}

const evaluateWords =
  'words=(); for word; do words+=("$(eval echo \\"$word\\")"); done; "${words[@]}"';
