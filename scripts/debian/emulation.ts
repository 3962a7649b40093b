import { join } from "node:path";
import { isFile } from "../../src/system/files.ts";
import { withLock } from "../cache.ts";
import { ensureTools } from "./toolchain.ts";
import { Unavailable } from "../unavailable.ts";
import { run, type Work } from "../work.ts";

/**
 * Makes the kernel run arm64 programs in every root file system, by emulation on other architectures.
 *
 * @throws Unavailable if that needs root, or the kernel does not support emulators.
 */
export async function ensureArm64Programs(work: Work): Promise<void> {
  if (process.arch === "arm64" || (await isFile(emulator))) return;
  if (process.getuid?.() !== 0) throw new Unavailable("only root can set up emulation of arm64");
  await ensureTools(work, ["qemu-aarch64-static", "update-binfmts"]);
  await withLock(work, "emulation", async () => {
    if (!(await isFile(join(registry, "register")))) {
      await run(work, "mount", ["-t", "binfmt_misc", "none", registry]);
    }
    if (!(await isFile(emulator))) await run(work, "update-binfmts", ["--enable", "qemu-aarch64"]);
  });
}

const registry = "/proc/sys/fs/binfmt_misc";
const emulator = join(registry, "qemu-aarch64");
