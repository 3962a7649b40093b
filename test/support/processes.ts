import { readdir, readFile } from "node:fs/promises";

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
