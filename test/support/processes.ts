import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** The command lines of all processes, their words separated by spaces. */
export function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLineOf(pid).split("\0").slice(0, -1).join(" "));
}

/** Empty for a process that has ended meanwhile, or that belongs to the kernel. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** All processes that descend from one, by id, parents before their children. */
export async function descendants(ancestor: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir("/proc")) {
    const status = /^\d+$/.test(name)
      ? await readFile(`/proc/${name}/status`, "utf8").catch(() => "")
      : "";
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [ancestor];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found.slice(1);
}
