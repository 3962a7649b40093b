import { readFile } from "node:fs/promises";
import type { EnvModification } from "../../cnb/layer-env.ts";
import { BuildpackError } from "../../failure.ts";
import { shellQuote as quote } from "../../system/shell-quote.ts";
import type { ForProcess, LaunchLayer } from "../state/launch-layer.ts";
import type { LaunchPlan, LaunchProcess } from "./launch-plan.ts";

/**
 * The launcher for this image, a script in POSIX sh. It does the same as the lifecycle's launcher: the name
 * that it is called by is the process type; it sets up the environment of the layers, runs their exec.d
 * programs, and becomes the process. Called by another name it runs its arguments: `-- CMD ARG…` directly,
 * `CMD ARG…` through bash after the profile scripts. It exits with 82 if there is nothing to run.
 *
 * There are two differences: a shell drops variables whose names are not shell names, and it sets PWD.
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

/** The functions that the generated lines call, in POSIX sh. */
export async function readLauncherFunctions(): Promise<string> {
  return await readFile(new URL("./launcher.sh", import.meta.url), "utf8");
}

/**
 * The lines that set up the environment of the layers for a process, exec.d programs included.
 * `$lapidary_type` is the type of the process. `word` quotes values and paths for the shell.
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

/** Process types consist of letters, digits, `.`, `_` and `-`. */
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

/** `env`, then `env.launch`, then the files for the process, each in the order of the files. */
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
 * @throws BuildpackError `platform/launch-failed` for a name that is not a shell name.
 */
export function modify(
  { name, behavior, value, delim = "" }: EnvModification,
  layer: string,
  word: Word,
): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const problem = `${layer} sets \`${name}\`, which a shell cannot pass on`;
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
  const lines = [
    `  lapidary_become ${quote(workingDir || app)} ${command.map(quote).join(" ")} "$@"`,
  ];
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
 * A command alone is a script. With arguments, each word is evaluated separately. Profile scripts may
 * change the directory: as in lifecycles, the app's own `.profile` is looked up where they left off.
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
