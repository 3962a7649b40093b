import { parse, stringify } from "yaml";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { shellQuote } from "../system/shell-quote.ts";

/** What `bin/release` says about a compiled app. */
export interface Release {
  /** The command of each process type, as one line for `bash -c`. */
  processTypes: Readonly<Record<string, string>>;
  /** The add-ons that a new app gets. */
  addons: readonly string[];
}

/** The YAML that `bin/release` prints. Strings are quoted as in JSON, which every YAML parser reads. */
export function formatRelease({ processTypes, addons }: Release): string {
  return stringify(
    { addons, default_process_types: processTypes },
    { directives: true, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", ...asJson },
  );
}

const asJson = { doubleQuotedAsJSON: true, lineWidth: 0 };

/** A process of an image as one line for a shell. Arguments of the user can be appended to it. */
export function commandLineOf(process: {
  command: readonly string[];
  args?: readonly string[] | undefined;
  workingDir?: string | undefined;
}): string {
  const line = [...process.command, ...(process.args ?? [])].map(shellQuote).join(" ");
  const { workingDir } = process;
  return workingDir === undefined ? line : `cd ${shellQuote(workingDir)} && ${line}`;
}

/**
 * Parses the YAML that any buildpack's `bin/release` prints. Keys other than `addons` and
 * `default_process_types` are ignored.
 *
 * @throws BuildpackError `classic/release-unreadable` with what is wrong and in which line.
 */
export function parseRelease(text: string, buildpack: string): Release {
  const release = releaseSchema.safeParse(parseYaml(text, buildpack) ?? {});
  if (!release.success) throw unreadable(buildpack, z.prettifyError(release.error));
  const { addons, default_process_types: processTypes } = release.data;
  return { processTypes, addons };
}

function parseYaml(text: string, buildpack: string): unknown {
  try {
    // All scalars are strings in this schema: a command may be `true`.
    return parse(text, { schema: "failsafe", logLevel: "error" });
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw unreadable(buildpack, first.replace(/:$/, ""));
  }
}

/** An empty value in this schema, and the two ways to write null. */
const nothing = new Set(["", "~", "null"]);

function orNothing<S extends z.ZodType>(schema: S, empty: z.input<S>) {
  const isNothing = (value: unknown) => typeof value === "string" && nothing.has(value);
  return z.preprocess((value) => (isNothing(value) ? empty : (value ?? empty)), schema);
}

const releaseSchema = orNothing(
  z.object({
    addons: orNothing(z.array(z.string()), []),
    default_process_types: orNothing(z.record(z.string(), z.string().trim()), {}),
  }),
  { addons: [], default_process_types: {} },
);

function unreadable(buildpack: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "classic/release-unreadable", buildpack, problem });
}
