import { gunzipSync } from "node:zlib";
import type { ArchiveEntry } from "../story.ts";

/** The entries of a layer as answers describe them; extended headers are part of what they extend. */
export function readArchive(compressed: Buffer): ArchiveEntry[] {
  const archive = gunzipSync(compressed);
  const entries: ArchiveEntry[] = [];
  let extended = new Map<string, Buffer>();
  for (let at = 0; archive[at] !== 0 && at < archive.length;) {
    const block = archive.subarray(at, at + 512);
    const stored = octal(block, 124, 12);
    const size = Number(extended.get("size")?.toString() ?? stored);
    const body = archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (typeOf(block) === "x") {
      extended = recordsIn(body);
      continue;
    }
    entries.push(describe(block, size, extended));
    extended = new Map();
  }
  return entries;
}

function describe(
  block: Buffer,
  size: number,
  extended: ReadonlyMap<string, Buffer>,
): ArchiveEntry {
  const type = typeOf(block);
  const mode = octal(block, 100, 8).toString(8).padStart(4, "0");
  const name = textOf(extended.get("path") ?? nameOf(block));
  const isFile = type === "0";
  const special = { ...targetOf(block, extended), ...oddities(block, extended) };
  if (typeof name === "string" && Object.keys(special).length === 0) {
    return `${type} ${mode} ${isFile ? size : "-"} ${name}`;
  }
  return { type, mode, name, ...(isFile ? { size } : {}), ...special };
}

function targetOf(block: Buffer, extended: ReadonlyMap<string, Buffer>): Record<string, unknown> {
  const target = extended.get("linkpath") ?? field(block, 157, 100);
  return target.length > 0 ? { target: textOf(target) } : {};
}

function oddities(block: Buffer, extended: ReadonlyMap<string, Buffer>): Record<string, unknown> {
  const uid = Number(extended.get("uid")?.toString() ?? octal(block, 108, 8));
  const gid = Number(extended.get("gid")?.toString() ?? octal(block, 116, 8));
  const mtime = octal(block, 136, 12);
  const names = { uname: field(block, 265, 32), gname: field(block, 297, 32) };
  const magic = block.toString("latin1", 257, 265);
  return {
    ...(uid === 1000 && gid === 1000 ? {} : { uid, gid }),
    ...(mtime === 315_532_801 ? {} : { mtime }),
    ...(extended.size > 0 ? { pax: [...extended.keys()].sort() } : {}),
    ...(names.uname.length > 0 ? { uname: textOf(names.uname) } : {}),
    ...(names.gname.length > 0 ? { gname: textOf(names.gname) } : {}),
    ...(magic === "ustar\x0000" ? {} : { magic }),
  };
}

function nameOf(block: Buffer): Buffer {
  const [prefix, name] = [field(block, 345, 155), field(block, 0, 100)];
  return prefix.length > 0 ? Buffer.concat([prefix, Buffer.from("/"), name]) : name;
}

function recordsIn(body: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(" ", at);
    const length = Number(body.toString("latin1", at, blank));
    const equals = body.indexOf("=", blank);
    records.set(
      body.toString("utf8", blank + 1, equals),
      body.subarray(equals + 1, at + length - 1),
    );
    at += length;
  }
  return records;
}

function typeOf(block: Buffer): string {
  return block.toString("latin1", 156, 157);
}

function octal(block: Buffer, offset: number, width: number): number {
  return Number.parseInt(field(block, offset, width).toString("latin1").trim() || "0", 8);
}

function field(block: Buffer, offset: number, width: number): Buffer {
  const bytes = block.subarray(offset, offset + width);
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

function textOf(bytes: Buffer): string | { $hex: string } {
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : { $hex: bytes.toString("hex") };
}
