import { readFile } from "node:fs/promises";

/**
 * Identifies a running process, also among later ones with the same id: by the boot of the machine
 * and the clock tick at which the process started. `undefined` if no such process runs. Linux only.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name of the command is in parentheses, and may itself contain spaces and parentheses.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
