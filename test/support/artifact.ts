import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../bin/lapidary", import.meta.url));

export interface ArtifactRequest {
  /** What follows after `lapidary artifact`. */
  args: readonly string[];
  /** The value of BP_INVENTORY; without it, the buildpack's own inventory. */
  inventory?: string;
  /** Called with the log so far, each time that more has come. */
  whileRunning?: (log: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `lapidary artifact` as a user types it; `stdout` is what scripts take, `log` what people read. */
export async function makeArtifact(
  request: ArtifactRequest,
): Promise<{ exitCode: number; stdout: string; log: string }> {
  const { args, inventory, whileRunning } = request;
  const { BP_INVENTORY: _inherited, ...env } = process.env;
  const child = spawn(command, ["artifact", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, NO_COLOR: "1", ...(inventory ? { BP_INVENTORY: inventory } : {}) },
  });
  let stdout = "";
  let log = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
    whileRunning?.(log, (signal) => child.kill(signal));
  });
  const exitCode = await new Promise<number>((resolve) =>
    child.once("close", (code) => resolve(code ?? 128)),
  );
  return { exitCode, stdout, log };
}
