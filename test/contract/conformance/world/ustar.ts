import type { Entry } from "../story.ts";
import { contentOf, modeOf } from "./make-entries.ts";

/** A layer of a story's image: USTAR, time 0, owner 0:0, filled up to a multiple of 10240 bytes. */
export function ustarOf(entries: readonly Entry[]): Buffer {
  const parents = new Set<string>();
  const blocks = entries.flatMap((entry) => {
    const above = parentsOf(entry.path ?? "").filter((path) => !parents.has(path));
    for (const path of [...above, entry.path ?? ""]) parents.add(path);
    return [...above.map((path) => ({ path, type: "directory" as const })), entry];
  });
  const archive = Buffer.concat([...blocks.map(blocksOf), Buffer.alloc(1024)]);
  return Buffer.concat([archive, Buffer.alloc(missing(archive.length))]);
}

function missing(length: number): number {
  return (10_240 - (length % 10_240)) % 10_240;
}

function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function blocksOf(entry: Entry): Buffer {
  const body = entry.type === undefined || entry.type === "file" ? contentOf(entry) : undefined;
  const header = headerOf(entry, body?.length ?? 0);
  const padding = Buffer.alloc((512 - ((body?.length ?? 0) % 512)) % 512);
  return Buffer.concat([header, body ?? Buffer.alloc(0), padding]);
}

const types: Record<string, string> = { directory: "5", symlink: "2" };

function headerOf(entry: Entry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (offset: number, digits: number, value: number) =>
    block.write(`${value.toString(8).padStart(digits, "0")}\0`, offset);
  const isDirectory = entry.type === "directory";
  block.write(`${(entry.path ?? "").slice(1)}${isDirectory ? "/" : ""}`, 0);
  octal(100, 7, modeOf(entry));
  octal(108, 7, 0);
  octal(116, 7, 0);
  octal(124, 11, size);
  octal(136, 11, 0);
  block.write("        ", 148);
  block.write(types[entry.type ?? "file"] ?? "0", 156);
  block.write(entry.target ?? "", 157);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
