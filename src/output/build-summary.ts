import { shellQuote } from "../system/shell-quote.ts";
import { formatDuration, type Printer } from "./printer.ts";

/** The part of a build report that the summary prints. */
export interface BuildSummary {
  processes: readonly { type: string; command: readonly string[]; args: readonly string[] }[];
  defaultProcess?: string;
  layers: readonly SummarizedLayer[];
  /** Milliseconds by phase, and in `total`. */
  durations: Readonly<Record<string, number>>;
}

interface SummarizedLayer {
  buildpack: string;
  name: string;
  types: Readonly<{ launch: boolean; build: boolean; cache: boolean }>;
  bytes: number;
  fate: string;
}

/** Prints the result of a build: its processes, its layers and whether they were reused, and its time. */
export async function printBuildSummary(printer: Printer, summary: BuildSummary): Promise<void> {
  await printer.section("Processes", async (section) => {
    for (const process of summary.processes)
      section.say(processLine(process, summary.defaultProcess));
    if (summary.processes.length === 0) section.say("None: the image has no default command");
  });
  await printer.section("Layers", async (section) => {
    const manyBuildpacks = new Set(summary.layers.map(({ buildpack }) => buildpack)).size > 1;
    for (const layer of summary.layers) section.say(layerLine(layer, manyBuildpacks));
    if (summary.layers.length === 0) section.say("None");
  });
  await printer.section("Time", async (section) => section.say(timeLine(summary.durations)));
}

/** A size in powers of 1000: `512 B`, `1.2 kB`, `121.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

function processLine(
  { type, command, args }: BuildSummary["processes"][number],
  defaultProcess: string | undefined,
): string {
  const name = `\`${type}\`${type === defaultProcess ? " (default)" : ""}`;
  const line = commandLine({ command, args });
  return line.length > longestCommand ? name : `${name}: ${line}`;
}

/** A longer one is a script, such as that of the web process: a buildpack's log and the report show what it runs. */
const longestCommand = 80;

/** The command of a process as one would type it. */
export function commandLine({
  command,
  args,
}: Pick<BuildSummary["processes"][number], "command" | "args">): string {
  return [...command, ...args].map(shellQuote).join(" ");
}

function layerLine(layer: SummarizedLayer, manyBuildpacks: boolean): string {
  const { buildpack, name, types, bytes, fate } = layer;
  const kinds = Object.entries(types).flatMap(([type, is]) => (is ? [type] : []));
  const identifier = manyBuildpacks ? `${buildpack}:${name}` : name;
  return `\`${identifier}\`: ${fate}, ${formatBytes(bytes)} (${kinds.join(", ")})`;
}

function timeLine({ total = 0, ...phases }: BuildSummary["durations"]): string {
  const parts = Object.entries(phases).map(([name, time]) => `${name} ${formatDuration(time)}`);
  return `\`${formatDuration(total)}\` in total: ${parts.join(", ")}`;
}
