import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPlainSandbox } from "../../src/platform/sandbox/sandbox-in-place.ts";
import type { Sandbox, SandboxOptions } from "../../src/platform/sandbox/sandbox.ts";

/** The sandbox of a machine that grants no namespaces, on a machine that may grant them. */
export async function openRefusedSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { scratch = await mkdtemp(join(tmpdir(), "lapidary-test-")) } = options;
  for (const name of ["home", "tmp"]) await mkdir(join(scratch, name), { recursive: true });
  const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const prepared = { ...options, ids, scratch, callerIsRoot: ids.uid === 0 };
  return await openPlainSandbox(prepared, "unshare: Operation not permitted");
}
