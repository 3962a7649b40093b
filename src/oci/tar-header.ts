import { imageTime } from "../system/image-time.ts";

/** An entry of an archive. */
export interface TarEntry {
  /** Without a trailing slash. Names need not be UTF-8. */
  name: Buffer;
  /** The permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** When it was last changed, in seconds since 1970; `imageTime` by default. */
  time?: number;
  body: { kind: "directory" } | { kind: "link"; target: Buffer } | { kind: "pipe" } | TarFile;
}

export interface TarFile {
  kind: "file";
  bytes: number;
  /** Reads the content in pieces. A piece does not change once it was returned. */
  read: () => Iterable<Buffer>;
}

/**
 * The header of an entry as lifecycles and `pack` write it: USTAR without user names, with PAX records
 * in front of it only for values that do not fit.
 *
 * Spec: POSIX.1-2008, pax, ustar Interchange Format.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const { name, body } = entry;
  const target = body.kind === "link" ? body.target : Buffer.alloc(0);
  const bytes = body.kind === "file" ? body.bytes : 0;
  const split = splitName(name);
  const records = numbersTooLarge({ uid: entry.uid, gid: entry.gid, size: bytes });
  if (target.length > nameBytes || !isAscii(target)) records.push(["linkpath", target]);
  // Once there are PAX records, a name is not split over the two fields: it becomes the record `path`.
  const isWhole = split !== undefined && (records.length === 0 || split.prefix.length === 0);
  if (!isWhole) records.push(["path", name]);
  records.sort(([a], [b]) => (a < b ? -1 : 1));
  const fits = (value: number, largest: number) => (value > largest ? 0 : value);
  const main = headerBlock({
    ...(isWhole ? split : { prefix: nothing, name: asciiOf(name) }),
    ...{ mode: entry.mode, uid: fits(entry.uid, largestId), gid: fits(entry.gid, largestId) },
    ...{ type: types[body.kind], target: asciiOf(target), bytes: fits(bytes, largestSize) },
    time: Math.min(entry.time ?? imageTime, largestSize),
  });
  return records.length === 0 ? main : Buffer.concat([paxBlocks(name, records), main]);
}

function numbersTooLarge(numbers: { uid: number; gid: number; size: number }): [string, Buffer][] {
  const largest = { uid: largestId, gid: largestId, size: largestSize };
  return (["uid", "gid", "size"] as const)
    .filter((key) => numbers[key] > largest[key])
    .map((key) => [key, Buffer.from(String(numbers[key]))]);
}

/** The zeros that fill the last block of a file. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** The two empty blocks that end an archive. */
export const tarEnd = Buffer.alloc(1024);

const blockBytes = 512;
const nameBytes = 100;
const prefixBytes = 155;
const largestSize = 0o77_777_777_777;
const largestId = 0o7_777_777;
const types = { file: "0", link: "2", directory: "5", pipe: "6" } as const;
const nothing = Buffer.alloc(0);

interface HeaderFields {
  prefix: Buffer;
  name: Buffer;
  mode: number;
  uid: number;
  gid: number;
  bytes: number;
  time: number;
  type: string;
  target: Buffer;
}

function headerBlock(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(blockBytes);
  fields.name.copy(block, 0, 0, nameBytes);
  writeOctal(block, 100, 8, fields.mode);
  writeOctal(block, 108, 8, fields.uid);
  writeOctal(block, 116, 8, fields.gid);
  writeOctal(block, 124, 12, fields.bytes);
  writeOctal(block, 136, 12, fields.time);
  block.write("        ", 148);
  block.write(fields.type, 156);
  fields.target.copy(block, 157, 0, nameBytes);
  block.write("ustar\u000000", 257);
  if (fields.type !== "x") writeOctal(block, 329, 8, 0);
  if (fields.type !== "x") writeOctal(block, 337, 8, 0);
  fields.prefix.copy(block, 345, 0, prefixBytes);
  const sum = sumOf(block);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function writeOctal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, "0")}\0`, offset);
}

/** Splits a name into the fields `prefix` and `name`, or returns nothing if it does not fit. */
function splitName(name: Buffer): { prefix: Buffer; name: Buffer } | undefined {
  if (!isAscii(name)) return undefined;
  if (name.length <= nameBytes) return { prefix: nothing, name };
  const at = name.subarray(0, prefixBytes + 1).lastIndexOf("/");
  const rest = name.subarray(at + 1);
  if (at <= 0 || rest.length > nameBytes || rest.length === 0) return undefined;
  return { prefix: name.subarray(0, at), name: rest };
}

/** An extended header for the next entry. Readers that do not know PAX see a small file. */
function paxBlocks(name: Buffer, records: readonly [string, Buffer][]): Buffer {
  const content = Buffer.concat(records.map(paxRecord));
  const at = name.lastIndexOf("/");
  const path = Buffer.concat([
    name.subarray(0, at + 1),
    Buffer.from("PaxHeaders.0/"),
    name.subarray(at + 1),
  ]);
  const header = headerBlock({
    ...{ prefix: nothing, name: withoutSlash(asciiOf(path).subarray(0, nameBytes)) },
    ...{ mode: 0, uid: 0, gid: 0 },
    ...{ bytes: content.length, time: 0, type: "x", target: nothing },
  });
  return Buffer.concat([header, content, padding(content.length)]);
}

/** `<length> <key>=<value>\n`; the length includes its own digits. */
function paxRecord([key, value]: [string, Buffer]): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length > length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

// Loops over indices: for tens of thousands of headers, iterators take many times as long.
function sumOf(block: Buffer): number {
  let sum = 0;
  for (let at = 0; at < block.length; at += 1) sum += block[at] ?? 0;
  return sum;
}

function withoutSlash(name: Buffer): Buffer {
  return name.at(-1) === 0x2f ? name.subarray(0, -1) : name;
}

function isAscii(text: Buffer): boolean {
  for (let at = 0; at < text.length; at += 1) if ((text[at] ?? 0) >= 0x80) return false;
  return true;
}

function asciiOf(text: Buffer): Buffer {
  return text.filter((byte) => byte < 0x80) as Buffer;
}
