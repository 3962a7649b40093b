import { readFile } from "node:fs/promises";
import type { EnvModification } from "../../cnb/layers/layer-env.ts";
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
 * Variables whose names are not shell names are passed on by `env`, which the image must have for them.
 */
export async function launchScript(plan: LaunchPlan): Promise<string> {
  return [
    "#!/bin/sh",
    await readLauncherFunctions(),
    await readScript("launcher-names.sh"),
    ...(plan.byExecEnv ? ["lapidary_exec_env=${CNB_EXEC_ENV:-production}"] : []),
    chooseType(plan.processes),
    `cd ${quote(plan.app)} || lapidary_fail "change to app directory"`,
    "lapidary_read_odd_variables",
    "lapidary_clear_environment",
    ...environmentLines(plan.buildpacks),
    ...plan.processes.map((process) => becomeProcess(process, plan)),
    ...(plan.byExecEnv ? [failWithoutProcess] : []),
    becomeCommand(plan.app),
    becomeScript(plan.app, plan.buildpacks.flat()),
    "",
  ].join("\n");
}

/** The functions that the generated lines call, in POSIX sh. */
export async function readLauncherFunctions(): Promise<string> {
  return await readScript("launcher.sh");
}

async function readScript(name: "launcher.sh" | "launcher-names.sh"): Promise<string> {
  return await readFile(new URL(`./${name}`, import.meta.url), "utf8");
}

/** For each execution environment there may be another process of the same type, or none. */
const failWithoutProcess =
  '[ -z "$lapidary_type" ] || lapidary_fail "process type $lapidary_type was not found"';

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
function layerEnv({ env }: LaunchLayer, word: Word): string[] {
  const common = [...env.filter(({ scope }) => scope === "all")];
  common.push(...env.filter(({ scope }) => scope === "launch"));
  const lines = common.map((modification) => modify(modification, word));
  for (const modification of env) {
    if (typeof modification.scope === "string") continue;
    lines.push(forProcess(modification.scope.process, modify(modification, word)));
  }
  return lines;
}

/** The line that makes one modification. */
export function modify({ name, behavior, value, delim = "" }: EnvModification, word: Word): string {
  const words = [quote(name), word(value)].join(" ");
  if (behavior === "override") return `lapidary_set ${words}`;
  if (behavior === "default") return `lapidary_default ${words}`;
  return `lapidary_${behavior} ${words} ${word(delim)}`;
}

/** @throws BuildpackError `platform/launch-failed` for a variable that no shell can set. */
export function refuseOddNames(layer: string, env: readonly EnvModification[]): void {
  const odd = env.find(({ name }) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (!odd) return;
  const problem = `${layer} sets \`${odd.name}\`, which a shell cannot pass on`;
  throw new BuildpackError({ code: "platform/launch-failed", problem });
}

function runExecD({ path, process }: ForProcess, word: Word): string {
  const line = `lapidary_exec_d ${word(path)}`;
  return process === undefined ? line : forProcess(process, line);
}

function forProcess(type: string, line: string): string {
  return `[ "$lapidary_type" != ${quote(type)} ] || ${line}`;
}

function becomeProcess(process: LaunchProcess, plan: LaunchPlan): string {
  const { app, argsReplace, byExecEnv } = plan;
  const { type, command, args, workingDir, execEnv = [] } = process;
  const condition = [
    `[ "$lapidary_type" = ${quote(type)} ]`,
    ...(byExecEnv && execEnv.length > 0 && !execEnv.includes("*") ? [isExecEnv(execEnv)] : []),
  ].join(" && ");
  if (!command[0]) return failWithout(type, condition);
  const lines = [
    `  lapidary_become ${quote(workingDir || app)} ${command.map(quote).join(" ")} "$@"`,
  ];
  if (args.length > 0) {
    const own = args.map(quote).join(" ");
    lines.unshift(argsReplace ? `  [ $# -gt 0 ] || set -- ${own}` : `  set -- ${own} "$@"`);
  }
  return [`if ${condition}; then`, ...lines, "fi"].join("\n");
}

function isExecEnv(wanted: readonly string[]): string {
  const tests = wanted.map((one) => `[ "$lapidary_exec_env" = ${quote(one)} ]`);
  return `{ ${tests.join(" || ")}; }`;
}

function failWithout(type: string, condition: string): string {
  const problem = quote(`no command provided for process type "${type}"`);
  return `if ${condition}; then lapidary_fail ${problem}; fi`;
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
    `lapidary_exec /bin/bash -c ${quote(script)} "$0" "$@"`,
  ].join("\n");
}

const evaluateWords =
  'words=(); for word; do words+=("$(eval echo \\"$word\\")"); done; "${words[@]}"';
