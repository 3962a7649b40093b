import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../bin/lapidary", import.meta.url));

export interface ArtifactRequest {
  /** What follows after `lapidary artifact`. */
  args: readonly string[];
  /** The value of BP_INVENTORY; without it, the buildpack's own inventory. */
  inventory?: string;
  /** Words of the log at which Ctrl-C is pressed. */
  stopAt?: string;
}

/** Runs `lapidary artifact` as a user types it; `stdout` is what scripts take, `log` what people read. */
export async function makeArtifact(
  request: ArtifactRequest,
): Promise<{ exitCode: number; stdout: string; log: string }> {
  const { args, inventory, stopAt } = request;
  const { BP_INVENTORY: _inherited, ...env } = process.env;
  const child = spawn(command, ["artifact", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, NO_COLOR: "1", ...(inventory ? { BP_INVENTORY: inventory } : {}) },
  });
  let stdout = "";
  let log = "";
  let stopped = false;
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
    if (stopAt === undefined || stopped || !log.includes(stopAt)) return;
    stopped = child.kill("SIGINT");
  });
  const exitCode = await new Promise<number>((resolve) =>
    child.once("close", (code) => resolve(code ?? 128)),
  );
  return { exitCode, stdout, log };
}
