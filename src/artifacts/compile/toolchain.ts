import { arch as machineArch } from "node:os";
import type { Requirement } from "./preflight.ts";

/** The tools that compile: the machine's own, or cross compilers for another architecture. */
export interface Toolchain {
  /** The architecture of the result, as images name it: `amd64`, `arm64`. */
  arch: string;
  /** `undefined` if the result runs on this machine. */
  cross?: CrossCompilation;
}

export interface CrossCompilation {
  /** GNU's name of the system on which the result runs. The tools' names begin with it. */
  host: string;
  /** GNU's name of the system that compiles. */
  build: string;
  /** A Ruby of the same version that runs on this machine, which compiling Ruby needs. */
  baseRuby?: string;
}

/** The tools of this machine. */
export const ownToolchain: Toolchain = { arch: machineArch() };

/**
 * The tools with which a system of architecture `from` compiles for `to`. `undefined` if no such compiler is
 * known.
 */
export function toolchainFor({ from, to }: { from: string; to: string }): Toolchain | undefined {
  if (from === to) return { arch: to };
  const [build, host] = [gnuNames[from], gnuNames[to]];
  return build && host ? { arch: to, cross: { build, host } } : undefined;
}

/** GNU's names of the architectures for which Debian and Ubuntu have cross compilers. */
const gnuNames: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/**
 * The name of a tool.
 *
 * @example toolIn({ arch: "arm64", cross: { host: "aarch64-linux-gnu", … } }, "strip") // "aarch64-linux-gnu-strip"
 */
export function toolIn({ cross }: Toolchain, tool: "cc" | "objdump" | "strip"): string {
  return cross ? `${cross.host}-${tool === "cc" ? "gcc" : tool}` : tool;
}

/** A requirement for these tools: a cross compiler needs headers of the other architecture. */
export function requirementIn(toolchain: Toolchain, requirement: Requirement): Requirement {
  const { arch, cross } = toolchain;
  const { tool, packages } = requirement;
  if (!cross) return requirement;
  if (tool === "cc")
    return { tool: toolIn(toolchain, tool), packages: `gcc-${cross.host.replace("_", "-")}` };
  return tool.endsWith(".h") ? { tool, packages: `${packages}:${arch}` } : requirement;
}
