import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Ids } from "./ids.ts";
import { makeEntries } from "./make-entries.ts";

/** Makes the root as each story begins with it, whatever an earlier one left. */
export function resetRoot(ids: Ids): void {
  for (const name of linksIntoUsr) restoreLink(join("/", name), `usr/${name}`);
  for (const name of readdirSync("/")) if (!kept.has(name)) discard(join("/", name));
  mkdirSync("/.given");
  makeEntries(beginning(ids), ids);
}

const linksIntoUsr = ["bin", "lib", "lib64", "sbin"];
const kept = new Set(["usr", "proc", "dev", ".harness", ...linksIntoUsr]);

/** Never gone for a moment: programs are found through these. */
function restoreLink(path: string, target: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(path) === target)
    return;
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    spawnSync("/usr/bin/chmod", ["-R", "u+rwX", "--", path]);
    rmSync(path, { recursive: true, force: true });
  }
}

function beginning({ uid, gid }: Ids) {
  const run = 'image = "localhost:5000/run"\n';
  const directories = ["/layers", "/workspace", "/cache", "/out", "/home/cnb"];
  return [
    { path: "/etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
    {
      path: "/etc/passwd",
      content: `root:x:0:0:root:/root:/bin/sh\ncnb:x:${uid}:${gid}::/home/cnb:/bin/sh\n`,
    },
    { path: "/etc/group", content: `root:x:0:\ncnb:x:${gid}:\n` },
    { path: "/cnb/run.toml", content: `[[images]]\n${run}` },
    { path: "/cnb/stack.toml", content: `[run-image]\n${run}` },
    ...directories.map((path) => ({ path, type: "directory" as const })),
    { path: "/platform/env", type: "directory" as const },
    { path: "/cnb/process", type: "directory" as const },
    { path: "/cnb/lifecycle", type: "directory" as const },
    { path: "/tmp", type: "directory" as const, mode: "1777" },
  ];
}
