import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { BuildpackError } from "../failure.ts";

/** What a user typed; paths and values are still as they were typed. */
export type CommandLine =
  | { command: "help"; topic?: Topic }
  | { command: "version" }
  | ({ command: "build"; app: string } & BuildFlags)
  | ({ command: "run"; app: string } & RunFlags)
  | ({ command: "artifact" } & ArtifactFlags)
  | ({ command: "slug"; source: string } & SlugFlags)
  | ({ command: "slug run"; slug: string } & DynoFlags);

/** What there is help for. */
export type Topic = (typeof topics)[number];

const topics = ["build", "run", "slug", "artifact", "package"] as const;

export interface BuildFlags {
  env: readonly string[];
  envFiles: readonly string[];
  bindings: readonly string[];
  volumes: readonly string[];
  buildpacks: readonly string[];
  clearCache: boolean;
  buildRoot: string;
  runRoot: string | undefined;
  image: string | undefined;
  runImage: string | undefined;
  lifecycle: string | undefined;
  platformApi: string | undefined;
  state: string | undefined;
  report: string | undefined;
  uid: number | undefined;
  gid: number | undefined;
  network: boolean;
  verbose: boolean;
}

export interface SlugFlags {
  env: readonly string[];
  envFiles: readonly string[];
  buildpacks: readonly string[];
  cache: string | undefined;
  output: string;
}

export type DynoFlags = Omit<RunFlags, "state">;

export interface RunFlags {
  env: readonly string[];
  envFiles: readonly string[];
  process: string | undefined;
  rest: readonly string[];
  runRoot: string;
  state: string | undefined;
  uid: number | undefined;
  gid: number | undefined;
}

export interface ArtifactFlags {
  name: "ruby" | "jemalloc";
  version: string;
  root: string;
  /** Absent where it is that of the root. */
  arch: "amd64" | "arm64" | undefined;
  out: string;
  verbose: boolean;
}

/** @throws BuildpackError `platform/usage` for whatever cannot be understood. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
      throw usage("No command was given");
    case "help":
    case "--help":
    case "-h":
      return parseHelp(rest);
    case "--version":
    case "-v":
      return { command: "version" };
    case "build":
      return parseBuild(rest);
    case "run":
      return parseRun(rest);
    case "slug":
      return parseSlug(rest);
    case "artifact":
      return parseArtifact(rest);
    default:
      throw usage(`There is no command \`${command}\`; ${offer("there are", topics)}`);
  }
}

function parseHelp([topic]: readonly string[]): CommandLine {
  const known = topics.find((each) => each === topic);
  if (known) return { command: "help", topic: known };
  if (topic === undefined) return { command: "help" };
  throw usage(`There is no help for \`${topic}\`; ${offer("there is for", topics)}`);
}

const many = { type: "string", multiple: true } as const;
const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const shared = { env: many, "env-file": many, "run-root": text, state: text, gid: text } as const;

const buildFlags = {
  ...shared,
  ...{ binding: many, volume: many, buildpack: many, "clear-cache": flag, "build-root": text },
  ...{ image: text, "run-image": text, lifecycle: text },
  ...{ "platform-api": text, report: text, uid: text, "no-network": flag, verbose: flag },
  help: { type: "boolean", short: "h" },
} as const;

function parseBuild(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args, buildFlags);
  if (values.help) return { command: "help", topic: "build" };
  return {
    command: "build",
    app: onlyApp("build", positionals),
    env: values.env ?? [],
    envFiles: values["env-file"] ?? [],
    bindings: values.binding ?? [],
    volumes: values.volume ?? [],
    buildpacks: values.buildpack ?? [],
    clearCache: values["clear-cache"] ?? false,
    buildRoot: values["build-root"] ?? "/",
    runRoot: values["run-root"],
    image: values.image,
    runImage: values["run-image"],
    lifecycle: values.lifecycle,
    platformApi: values["platform-api"],
    state: values.state,
    report: values.report,
    uid: idOf("--uid", values.uid),
    gid: idOf("--gid", values.gid),
    network: !values["no-network"],
    verbose: values.verbose ?? false,
  };
}

const runFlags = {
  ...shared,
  ...{ process: text, "run-uid": text },
  help: { type: "boolean", short: "h" },
} as const;

function parseRun(
  args: readonly string[],
  name: "run" | "slug run" = "run",
  topic: "run" | "slug" = "run",
): Extract<CommandLine, { command: "run" | "help" }> {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const { values, positionals } = parse(own, runFlags);
  if (values.help) return { command: "help", topic };
  return {
    command: "run",
    app: onlyApp(name, positionals, name === "run" ? undefined : "a slug.tgz"),
    env: values.env ?? [],
    envFiles: values["env-file"] ?? [],
    process: values.process,
    rest: end === -1 ? [] : args.slice(end + 1),
    runRoot: values["run-root"] ?? "/",
    state: values.state,
    uid: idOf("--run-uid", values["run-uid"]),
    gid: idOf("--gid", values.gid),
  };
}

const artifactFlags = {
  ...{ root: text, arch: text, out: text, verbose: flag },
  help: { type: "boolean", short: "h" },
} as const;

function parseArtifact(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args, artifactFlags);
  if (values.help) return { command: "help", topic: "artifact" };
  const [name, version, extra] = positionals;
  if (version === undefined) throw usage("`artifact` needs what to make and its version");
  if (extra !== undefined) throw usage(`\`artifact\` makes one version, and \`${extra}\` is more`);
  return {
    command: "artifact",
    name: oneOf(["ruby", "jemalloc"], name, "`artifact` makes"),
    version,
    root: values.root ?? "/",
    arch:
      values.arch === undefined
        ? undefined
        : oneOf(["amd64", "arm64"], values.arch, "`--arch` takes"),
    out: values.out ?? "dist",
    verbose: values.verbose ?? false,
  };
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  typed: string | undefined,
  verb: string,
) {
  const found = words.find((word) => word === typed);
  if (found) return found;
  throw usage(`${offer(verb, words)}, not \`${typed}\``);
}

/** @example offer("there are", ["a", "b", "c"]) // "there are `a`, `b` and `c`" */
function offer(verb: string, words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return `${verb} ${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}

const slugFlags = {
  ...{ env: many, "env-file": many, buildpack: many, cache: text, output: text },
  help: { type: "boolean", short: "h" },
} as const;

function parseSlug(args: readonly string[]): CommandLine {
  if (args[0] === "run") return parseDyno(args.slice(1));
  const { values, positionals } = parse(args, slugFlags);
  if (values.help) return { command: "help", topic: "slug" };
  return {
    command: "slug",
    source: onlyApp("slug", positionals, "the repository of an app, a directory or its tar.gz"),
    env: values.env ?? [],
    envFiles: values["env-file"] ?? [],
    buildpacks: values.buildpack ?? [],
    cache: values.cache,
    output: values.output ?? "slug.tgz",
  };
}

function parseDyno(args: readonly string[]): CommandLine {
  const line = parseRun(args, "slug run", "slug");
  if (line.command !== "run") return line;
  const { app: slug, state, ...flags } = line;
  if (state !== undefined) throw usage("`slug run` keeps no state: there is no `--state`");
  return { ...flags, command: "slug run", slug };
}

function parse<Flags extends ParseArgsOptionsConfig>(args: readonly string[], options: Flags) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // The first sentence names the option; the others are advice that does not fit here.
    const [problem = ""] = (error as Error).message.split(". ");
    throw usage(problem.replaceAll("'", "`").replace(/\.$/, ""));
  }
}

function onlyApp(
  command: string,
  positionals: readonly string[],
  what = "the app's directory",
): string {
  const [app, second] = positionals;
  if (app === undefined) throw usage(`\`${command}\` needs ${what}`);
  if (second === undefined) return app;
  const hint = command.endsWith("run") ? "; a command for the app follows after `--`" : "";
  throw usage(`\`${command}\` takes one app, and \`${second}\` is a second${hint}`);
}

function idOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw usage(`\`${name}\` takes a number, not \`${value}\``);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
