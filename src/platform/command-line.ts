import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { BuildpackError } from "../failure.ts";

/** What a user typed; paths and values are still as they were typed. */
export type CommandLine =
  | { command: "help"; topic?: "build" | "run" }
  | { command: "version" }
  | ({ command: "build"; app: string } & BuildFlags)
  | ({ command: "run"; app: string } & RunFlags);

export interface BuildFlags {
  env: readonly string[];
  envFiles: readonly string[];
  bindings: readonly string[];
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

/** @throws BuildpackError `platform/usage` for whatever cannot be understood. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
      throw usage("No command was given");
    case "help":
    case "--help":
    case "-h":
      return { command: "help" };
    case "--version":
    case "-v":
      return { command: "version" };
    case "build":
      return parseBuild(rest);
    case "run":
      return parseRun(rest);
    default:
      throw usage(
        `There is no command \`${command}\`; there are \`build\`, \`run\` and \`package\``,
      );
  }
}

const many = { type: "string", multiple: true } as const;
const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const shared = { env: many, "env-file": many, "run-root": text, state: text, gid: text } as const;

const buildFlags = {
  ...shared,
  ...{ binding: many, buildpack: many, "clear-cache": flag, "build-root": text },
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

function parseRun(args: readonly string[]): CommandLine {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const { values, positionals } = parse(own, runFlags);
  if (values.help) return { command: "help", topic: "run" };
  return {
    command: "run",
    app: onlyApp("run", positionals),
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

function parse<Flags extends ParseArgsOptionsConfig>(args: readonly string[], options: Flags) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // The first sentence names the option; the others are advice that does not fit here.
    const [problem = ""] = (error as Error).message.split(". ");
    throw usage(problem.replaceAll("'", "`").replace(/\.$/, ""));
  }
}

function onlyApp(command: string, positionals: readonly string[]): string {
  const [app, second] = positionals;
  if (app === undefined) throw usage(`\`${command}\` needs the app's directory`);
  if (second === undefined) return app;
  const hint = command === "run" ? "; a command for the app follows after `--`" : "";
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
