import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { processType } from "./names.ts";
import { writeTomlFile } from "./toml-file.ts";

const command = z
  .array(z.string(), { error: "expected a list of strings" })
  .nonempty("expected a program")
  .refine(([program]) => program !== "", "expected a program");
const texts = z.array(z.string());
const label = z.object({ key: z.string().min(1), value: z.string() });
const slice = z.object({ paths: texts });

const processOnDisk = z.object({
  type: z.string(),
  command,
  args: texts.optional(),
  default: z.boolean().optional(),
  "working-dir": z.string().optional(),
  direct: z.undefined({ error: "every process is direct, and the key is gone" }).optional(),
});

const onDisk = z.object({
  labels: z.array(label).optional(),
  processes: z.array(processOnDisk).optional(),
  slices: z.array(slice).optional(),
});

const processInside = z.object({
  type: processType,
  /** The program and the arguments that it always gets. Run without a shell. */
  command,
  /** Arguments that the user may replace. */
  args: texts,
  default: z.boolean(),
  /** Absolute, or relative to the app. By default, the app's directory. */
  workingDir: z.string().optional(),
});

const inside = z.object({
  labels: z.array(label),
  processes: z
    .array(processInside)
    .refine((processes) => processes.filter((process) => process.default).length < 2, {
      error: "more than one process is the default",
    }),
  slices: z.array(slice),
});

/** The processes, labels and slices of an image. */
export type Launch = z.output<typeof inside>;
export type Process = Launch["processes"][number];

/** launch.toml (TOML). Rejects what a lifecycle rejects. `writeLaunch` rejects more. */
export const launchCodec = z.codec(onDisk, inside, {
  decode: ({ labels = [], processes = [], slices = [] }) => ({
    labels,
    processes: processes.map(({ "working-dir": workingDir, ...process }) => ({
      ...process,
      args: process.args ?? [],
      default: process.default ?? false,
      workingDir,
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
  const type = firstRepeated(processes.map(({ type }) => type));
  if (type) return `there are two processes of type \`${type}\``;
  const key = firstRepeated(labels.map(({ key }) => key));
  if (key) return `there are two labels of key \`${key}\``;
  const glob = slices.flatMap(({ paths }) => paths).find((path) => !isSliceGlob(path));
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
  ...process
}: z.input<typeof processInside>): z.input<typeof processOnDisk> {
  return {
    ...process,
    ...(args.length > 0 ? { args } : {}),
    ...(workingDir === undefined ? {} : { "working-dir": workingDir }),
  };
}
