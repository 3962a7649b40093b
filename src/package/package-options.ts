import { parseArgs } from "node:util";
import { BuildpackError } from "../failure.ts";

/** What a user typed after `lapidary package`; paths are still as they were typed. */
export interface PackageLine {
  help: boolean;
  /** Where the packages are put. */
  out: string;
  architectures: readonly Architecture[];
  /** The app whose artifacts are put into the packages. */
  offline: string | undefined;
  /** The one distribution that these artifacts are for. */
  distro: { name: string; version: string } | undefined;
}

export type Architecture = "amd64" | "arm64";

/** @throws BuildpackError `platform/usage` for whatever cannot be understood. */
export function parsePackageLine(args: readonly string[]): PackageLine {
  const { values, positionals } = parse(args);
  if (positionals[0] !== undefined) throw usage(`\`package\` takes no \`${positionals[0]}\``);
  const targets = (values.target ?? ["linux/amd64", "linux/arm64"]).map(architectureOf);
  return {
    help: values.help ?? false,
    out: values.out ?? "packages",
    // In one order, so that the index is the same however they were named.
    architectures: [...new Set(targets)].sort(),
    offline: values.offline,
    distro: values.distro === undefined ? undefined : distroOf(values.distro),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        target: { type: "string", multiple: true },
        offline: { type: "string" },
        distro: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [problem = ""] = (error as Error).message.split(". ");
    throw usage(problem.replaceAll("'", "`").replace(/\.$/, ""));
  }
}

function architectureOf(target: string): Architecture {
  if (target === "linux/amd64") return "amd64";
  if (target === "linux/arm64") return "arm64";
  throw usage(`\`--target\` takes \`linux/amd64\` or \`linux/arm64\`, not \`${target}\``);
}

function distroOf(text: string): { name: string; version: string } {
  const [name = "", version = ""] = text.split("@");
  if (name && version) return { name, version };
  throw usage(`\`--distro\` takes a name and a version such as \`ubuntu@24.04\`, not \`${text}\``);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
