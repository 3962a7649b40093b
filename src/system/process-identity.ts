import { readFile } from "node:fs/promises";

/**
 * What tells a running process from every other, also from later ones with the same id: the boot of
 * the machine and the tick at which it began. `undefined` where no such process runs. Linux only.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold spaces and parentheses itself.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
