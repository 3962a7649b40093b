import { basename } from "node:path";
import { applyLayerPaths, readLayerEnv } from "../../cnb/layer-env.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import type { LaunchPlan } from "../../platform/launch/launch-plan.ts";
import {
  environmentLines,
  modify,
  readLauncherFunctions,
} from "../../platform/launch/launch-script.ts";
import { mentionsOf, moveMentions, slugRoot } from "../slug-root.ts";

/**
 * A script for `.profile.d`, which a dyno's shell sources before a process starts: the environment
 * of all layers, as the launcher of an image would set it up, exec.d programs included. The app may
 * stand anywhere: its place is found when the script is sourced. `defaults` come before the layers'.
 *
 * @throws BuildpackError `platform/launch-failed` for a layer that sets what no shell can pass on.
 */
export async function profileScript(
  { buildpacks }: Pick<LaunchPlan, "buildpacks">,
  defaults: Readonly<Record<string, string>> = {},
): Promise<string> {
  const profiles = buildpacks.flat().flatMap((layer) => layer.profiles);
  return withoutTraces([
    "# Made by the Lapidary buildpack: the environment of the app's processes.",
    await readLauncherFunctions(),
    ...findApp,
    "lapidary_type=${DYNO-}",
    "lapidary_type=${lapidary_type%%.*}",
    ...Object.entries(defaults).map(([name, value]) => {
      return `lapidary_default ${name} ${shellQuote(value)}`;
    }),
    ...environmentLines(buildpacks, wordAtApp),
    ...profiles.map((path) => `. ${wordAtApp(path)}`),
  ]);
}

/**
 * The file `export`, which a platform sources before it runs the next buildpack: what layers that
 * are for builds add to the environment. They stand in the app at `buildDir`.
 */
export async function exportScript(layers: readonly string[], buildDir: string): Promise<string> {
  const word = (text: string) => shellQuote(moveMentions(text, slugRoot, buildDir));
  const lines: string[] = [];
  for (const layer of layers) {
    const paths = await applyLayerPaths({}, layer, "build");
    for (const [name, path] of Object.entries(paths)) {
      lines.push(`lapidary_prepend ${name} ${shellQuote(path)} :`);
    }
    const modifications = await readLayerEnv(layer);
    for (const phase of ["all", "build"] as const) {
      const own = modifications.filter(({ scope }) => scope === phase);
      lines.push(...own.map((modification) => modify(modification, basename(layer), word)));
    }
  }
  return withoutTraces([
    "# Made by the Lapidary buildpack: the environment of buildpacks that follow.",
    await readLauncherFunctions(),
    ...lines,
  ]);
}

/** Bash, which dynos have, knows which file it sources; of other shells only HOME is to be had. */
const findApp = [
  "lapidary_app=${BASH_SOURCE-}",
  "case $lapidary_app in",
  `*/*) lapidary_app=$(CDPATH='' cd -- "\${lapidary_app%/*}/.." && pwd) ;;`,
  `*) lapidary_app=\${HOME:-${slugRoot}} ;;`,
  "esac",
];

/** `text` as one word of a shell, with the place of the app for every mention of it. */
function wordAtApp(text: string): string {
  const parts = text.split(mentionsOf(slugRoot));
  if (parts.length === 1) return shellQuote(text);
  return parts.map((part) => (part === "" ? "" : shellQuote(part))).join('"$lapidary_app"');
}

/** The shell that sources a script goes on to run the user's commands: nothing of ours stays in it. */
function withoutTraces(lines: readonly string[]): string {
  const script = lines.join("\n");
  const functions = [...script.matchAll(/^(lapidary_\w+)\(\)/gm)].map(([, name = ""]) => name);
  const words = new Set([...script.matchAll(/\blapidary_[a-z_]+(?![\w/])/g)].map(([name]) => name));
  const variables = [...words].filter((name) => !functions.includes(name));
  return `${script}\nunset -f ${functions.join(" ")}\nunset ${variables.sort().join(" ")}\n`;
}
