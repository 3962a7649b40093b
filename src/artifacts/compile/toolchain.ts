import { arch as machineArch } from "node:os";
import type { Requirement } from "./preflight.ts";

/** What compiles: the machine's own tools, or those that make code for another architecture. */
export interface Toolchain {
  /** The architecture of what is made, as images name it: `amd64`, `arm64`. */
  arch: string;
  /** Absent where what is made runs where it is made. */
  cross?: CrossCompilation;
}

export interface CrossCompilation {
  /** GNU's name of the system that the result runs on; the names of the tools begin with it. */
  host: string;
  /** GNU's name of the system that compiles. */
  build: string;
  /** A Ruby of the same version that runs here: another one is needed to compile Ruby itself. */
  baseRuby?: string;
}

/** The tools of the machine that we run on. */
export const ownToolchain: Toolchain = { arch: machineArch() };

/**
 * The tools with which a system of architecture `from` compiles for `to`; `undefined` where no
 * compiler is known that does.
 */
export function toolchainFor({ from, to }: { from: string; to: string }): Toolchain | undefined {
  if (from === to) return { arch: to };
  const [build, host] = [gnuNames[from], gnuNames[to]];
  return build && host ? { arch: to, cross: { build, host } } : undefined;
}

/** Architectures for which Debian and Ubuntu have cross compilers, and GNU's names of them. */
const gnuNames: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/**
 * What a tool of the compiler's is called.
 *
 * @example toolIn({ arch: "arm64", cross: { host: "aarch64-linux-gnu", … } }, "strip") // "aarch64-linux-gnu-strip"
 */
export function toolIn({ cross }: Toolchain, tool: "cc" | "objdump" | "strip"): string {
  return cross ? `${cross.host}-${tool === "cc" ? "gcc" : tool}` : tool;
}

/** What a compilation needs, where these tools do it: headers are those of the other architecture. */
export function requirementIn(toolchain: Toolchain, requirement: Requirement): Requirement {
  const { arch, cross } = toolchain;
  const { tool, packages } = requirement;
  if (!cross) return requirement;
  if (tool === "cc")
    return { tool: toolIn(toolchain, tool), packages: `gcc-${cross.host.replace("_", "-")}` };
  return tool.endsWith(".h") ? { tool, packages: `${packages}:${arch}` } : requirement;
}
