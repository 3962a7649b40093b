import glob from "fast-glob";
import { basename } from "node:path";
import type { RunCommand } from "../system/command.ts";
import { findElfFiles } from "./elf-files.ts";
import { ownToolchain, toolIn, type Toolchain } from "./compile/toolchain.ts";

/** The shared libraries that a tree needs from the system, by name, sorted. */
export interface SharedLibraries {
  needed: string[];
  /** Those of them that this machine does not have. */
  missing: string[];
}

/**
 * Asks the dynamic linker what the executables and libraries of a tree need; what the tree itself
 * brings and what every system has (the C library) is left out. Those of another architecture are only
 * read, so that none of them is known to be missing. Where the tool that tells is not installed, nothing
 * is known and both lists are empty.
 */
export async function findSharedLibraries(
  tree: string,
  context: { run: RunCommand; env: Readonly<Record<string, string>>; toolchain?: Toolchain },
): Promise<SharedLibraries> {
  const { run, env, toolchain = ownToolchain } = context;
  const files = await findElfFiles(tree);
  if (files.length === 0) return { needed: [], missing: [] };
  const { file, options, line } = toolchain.cross ? reader(toolchain) : linker;
  const args = [...options, ...files];
  const { stdout } = await run({ file, args, cwd: tree, env: { ...env, LC_ALL: "C" } });
  const own = await librariesIn(tree);
  const needed = new Set<string>();
  const missing = new Set<string>();
  for (const [, name = "", found = ""] of stdout.matchAll(line)) {
    if (partOfLibc.test(name) || own.has(name)) continue;
    needed.add(name);
    if (found === "not found") missing.add(name);
  }
  return { needed: [...needed].sort(), missing: [...missing].sort() };
}

/** By name: where the tree is not yet in its place, its libraries do not find each other. */
async function librariesIn(tree: string): Promise<Set<string>> {
  const paths = await glob("**/*.so*", { cwd: tree, onlyFiles: false });
  return new Set(paths.map((path) => basename(path)));
}

const linker = {
  file: "ldd",
  options: [],
  // `libssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x00007f…)` or `libssl.so.3 => not found`
  line: /^\s+(\S+) => (not found|\S+)/gm,
};

function reader(toolchain: Toolchain) {
  // `  NEEDED               libssl.so.3`
  return { file: toolIn(toolchain, "objdump"), options: ["-p"], line: /^\s+NEEDED\s+(\S+)/gm };
}

const partOfLibc = /^(ld-linux|linux-vdso|lib(c|m|dl|rt|pthread|util|resolv)\.so)/;
