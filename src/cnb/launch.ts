import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { processType } from "./names.ts";
import { writeTomlFile } from "./toml-file.ts";

const command = z.array(z.string(), { error: "expected a list of strings" });
const texts = z.array(z.string());
const label = z.object({ key: z.string(), value: z.string() });
const slice = z.object({ paths: texts });

const processOnDisk = z.object({
  // Lifecycles accept any type, and refuse some when they export.
  type: z.string().optional(),
  command: command.optional(),
  args: texts.optional(),
  default: z.boolean().optional(),
  "working-dir": z.string().optional(),
  "exec-env": texts.optional(),
  direct: z.undefined({ error: "every process is direct, and the key is gone" }).optional(),
});

// What is missing is empty to lifecycles.
const onDisk = z.object({
  labels: z.array(label.partial()).optional(),
  processes: z.array(processOnDisk).optional(),
  slices: z.array(slice.partial()).optional(),
});

const processInside = z.object({
  type: z.string(),
  /** The program and the arguments that it always gets. Run without a shell. */
  command,
  /** Arguments that the user may replace. */
  args: texts.optional(),
  default: z.boolean(),
  /** Absolute, or relative to the app. By default, the app's directory. */
  workingDir: z.string().optional(),
  /** The execution environments for which the process is meant; all where there are none. */
  execEnv: texts.optional(),
});

const inside = z.object({
  labels: z.array(label),
  processes: z
    .array(processInside)
    .refine((processes) => processes.filter((process) => process.default).length < 2, {
      error: "more than one process is the default",
    }),
  slices: z.array(slice.partial()),
});

/** The processes, labels and slices of an image. */
export type Launch = z.output<typeof inside>;
export type Process = Launch["processes"][number];

/** launch.toml (TOML). Rejects what a lifecycle rejects. `writeLaunch` rejects more. */
export const launchCodec = z.codec(onDisk, inside, {
  decode: ({ labels = [], processes = [], slices = [] }) => ({
    labels: labels.map(({ key = "", value = "" }) => ({ key, value })),
    processes: processes.map(({ "working-dir": workingDir, "exec-env": execEnv, ...process }) => ({
      ...process,
      type: process.type ?? "",
      command: process.command ?? [],
      default: process.default ?? false,
      workingDir,
      ...(execEnv ? { execEnv } : {}),
    })),
    slices,
  }),
  encode: ({ labels, processes, slices }) => ({
    ...(labels.length > 0 ? { labels } : {}),
    ...(processes.length > 0 ? { processes: processes.map(encodeProcess) } : {}),
    ...(slices.length > 0 ? { slices } : {}),
  }),
});

/**
 * Writes `<layers>/launch.toml`.
 *
 * @throws BuildpackError `cnb/file-invalid` for what the spec forbids: duplicate types or labels, two default
 * processes, slices outside the app, or slices that no lifecycle can match.
 */
export async function writeLaunch(layersDir: string, launch: Launch): Promise<void> {
  const path = join(layersDir, "launch.toml");
  const problem = problemOf(launch);
  if (problem) throw new BuildpackError({ code: "cnb/file-invalid", path, problem });
  await writeTomlFile(path, launchCodec, launch);
}

function problemOf({ labels, processes, slices }: Launch): string | undefined {
  for (const { type, command } of processes) {
    if (!processType.safeParse(type).success) return `\`${type}\` is not a valid process type`;
    if (!command[0]) return `the process \`${type}\` has no program`;
  }
  if (labels.some(({ key }) => key === "")) return "a label has no key";
  const type = firstRepeated(processes.map(({ type }) => type));
  if (type) return `there are two processes of type \`${type}\``;
  const key = firstRepeated(labels.map(({ key }) => key));
  if (key) return `there are two labels of key \`${key}\``;
  const glob = slices.flatMap(({ paths = [] }) => paths).find((path) => !isSliceGlob(path));
  if (glob) return `the slice \`${glob}\` is not a glob relative to the app`;
  return undefined;
}

function firstRepeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}

/** Lifecycles match only relative patterns, and treat `**` like `*`. */
function isSliceGlob(glob: string): boolean {
  return !glob.startsWith("/") && !glob.split("/").includes("..") && !glob.includes("**");
}

function encodeProcess({
  args,
  workingDir,
  execEnv,
  ...process
}: z.input<typeof processInside>): z.input<typeof processOnDisk> {
  return {
    ...process,
    ...(args && args.length > 0 ? { args } : {}),
    ...(execEnv ? { "exec-env": execEnv } : {}),
    ...(workingDir === undefined ? {} : { "working-dir": workingDir }),
  };
}
