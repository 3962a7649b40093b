import { access } from "node:fs/promises";
import glob from "fast-glob";
import { join } from "node:path";
import { readTextIfAny } from "../../src/system/files.ts";
import { searchPath } from "../../src/system/search-path.ts";
import { withLock } from "../cache.ts";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { run, withWork, type Work } from "../work.ts";

/** Programs and headers that scripts and compilers need, and their packages in Debian and Ubuntu. */
const packages = {
  autoconf: "autoconf",
  bzip2: "bzip2",
  chromium: "chromium",
  "c++": "g++",
  cc: "gcc",
  debootstrap: "debootstrap",
  "docker-registry": "docker-registry",
  dockerd: "docker.io",
  git: "git",
  initdb: "postgresql",
  make: "make",
  "pkg-config": "pkg-config",
  "qemu-aarch64-static": "qemu-user-static",
  ruby: "ruby",
  unzip: "unzip",
  "update-binfmts": "binfmt-support",
  skopeo: "skopeo",
  umoci: "umoci",
  xz: "xz-utils",
  "ffi.h": "libffi-dev",
  "gmp.h": "libgmp-dev",
  "openssl/ssl.h": "libssl-dev",
  "readline/readline.h": "libreadline-dev",
  "stdio.h": "libc6-dev",
  "yaml.h": "libyaml-dev",
  "zlib.h": "zlib1g-dev",
} as const;

/** A program that must be on PATH, or a header that the compiler must find. */
export type Tool = keyof typeof packages;

/** Needed by gems with native extensions. */
export const toolsForGems: readonly Tool[] = ["cc", "c++", "make", "pkg-config", "git", "stdio.h"];

/** Needed to compile Ruby and jemalloc. */
export const toolsForRuby: readonly Tool[] = [
  ...toolsForGems,
  "ffi.h",
  "gmp.h",
  "openssl/ssl.h",
  "readline/readline.h",
  "yaml.h",
  "zlib.h",
];

/**
 * Installs missing tools and headers, as root on Debian and Ubuntu.
 *
 * @throws Unavailable with the command that installs them, for other users and systems.
 */
export async function ensureTools(work: Work, wanted: readonly Tool[]): Promise<void> {
  const missing: Tool[] = [];
  for (const tool of wanted) if (!(await isThere(tool, work.env))) missing.push(tool);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map((tool) => packages[tool]))].sort();
  const why = `${missing.map((tool) => `\`${tool}\``).join(", ")} missing`;
  if (!(await mayInstall())) throw new Unavailable(`${why}. Install with: ${installLine(names)}`);
  await withLock(work, "apt-install", async () => {
    await work.section.timed(`Installing \`${names.join(" ")}\` (${why})`, async () => {
      await install(work, names);
    });
  });
}

async function isThere(tool: Tool, env: Readonly<Record<string, string>>): Promise<boolean> {
  const places = tool.endsWith(".h")
    ? ["/usr/include", ...multiarchIncludes, "/usr/local/include"]
    : [
        ...searchPath(env["PATH"]),
        ...(await glob("/usr/lib/postgresql/*/bin", { onlyDirectories: true })),
      ];
  const found = await Promise.all(places.map(async (place) => await exists(join(place, tool))));
  return found.includes(true);
}

const multiarchIncludes = ["/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu"];

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function mayInstall(): Promise<boolean> {
  const release = (await readTextIfAny("/etc/os-release")) ?? "";
  return process.getuid?.() === 0 && /^ID(_LIKE)?="?.*\b(debian|ubuntu)\b/m.test(release);
}

async function install(work: Work, names: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "-y", "--no-install-recommends", ...names];
  try {
    await run(work, "apt-get", args, { env });
  } catch {
    work.signal.throwIfAborted();
    // A new image has no package lists, and an old one has outdated lists.
    await run(work, "apt-get", ["-q", "update"], { env });
    await run(work, "apt-get", args, { env });
  }
}

function installLine(names: readonly string[]): string {
  return `sudo apt-get install -y --no-install-recommends ${names.join(" ")}`;
}

async function main(): Promise<number> {
  await withWork("Tools", async (work) => {
    await ensureTools(work, [...toolsForRuby, "autoconf", "bzip2", "debootstrap", "ruby", "xz"]);
    work.section.say("All tools are installed");
  });
  return 0;
}

if (import.meta.main) await runScript(main);
