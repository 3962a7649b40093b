import { open, type FileHandle } from "node:fs/promises";

/** What a shared library says of itself. */
export interface ElfNeeds {
  /** `e_machine`: 62 is x86-64, 183 is AArch64. */
  machine: number;
  /** The libraries that it cannot be loaded without, by the names that the loader looks for. */
  needed: string[];
}

/**
 * Reads what a 64-bit ELF file needs, without running anything (System V ABI, Dynamic Section).
 *
 * @returns `undefined` for a file of another kind, or one that is cut off.
 */
export async function readElfNeeds(path: string): Promise<ElfNeeds | undefined> {
  await using file = await open(path);
  const header = await readAt(file, 0, 64);
  if (header?.readUInt32BE(0) !== 0x7f454c46 || header[4] !== elf64) return undefined;
  const read = header[5] === bigEndian ? readers.big : readers.little;
  const machine = read.half(header, 18);
  const tables = await readAt(
    file,
    read.long(header, 32),
    read.half(header, 54) * read.half(header, 56),
  );
  if (tables === undefined) return undefined;
  const segments = segmentsIn(tables, read.half(header, 54), read);
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  const entries = dynamic && (await readAt(file, dynamic.offset, dynamic.bytes));
  if (!entries) return { machine, needed: [] };
  const needed = await readNames(file, tagsIn(entries, read), segments);
  return needed && { machine, needed };
}

const segmentBytes = 56;
const elf64 = 2;
const bigEndian = 2;
const loadSegment = 1;
const dynamicSegment = 2;
const neededTag = 1;
const namesTag = 5;
const namesBytesTag = 10;

const readers = {
  little: {
    half: (bytes: Buffer, at: number) => bytes.readUInt16LE(at),
    word: (bytes: Buffer, at: number) => bytes.readUInt32LE(at),
    long: (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at)),
  },
  big: {
    half: (bytes: Buffer, at: number) => bytes.readUInt16BE(at),
    word: (bytes: Buffer, at: number) => bytes.readUInt32BE(at),
    long: (bytes: Buffer, at: number) => Number(bytes.readBigUInt64BE(at)),
  },
};
type Reader = (typeof readers)["little"];

interface Segment {
  type: number;
  offset: number;
  address: number;
  bytes: number;
}

function segmentsIn(tables: Buffer, size: number, read: Reader): Segment[] {
  const segments: Segment[] = [];
  const count = size < segmentBytes ? 0 : Math.floor(tables.length / size);
  for (let index = 0; index < count; index++) {
    const at = index * size;
    segments.push({
      type: read.word(tables, at),
      offset: read.long(tables, at + 8),
      address: read.long(tables, at + 16),
      bytes: read.long(tables, at + 32),
    });
  }
  return segments;
}

function tagsIn(entries: Buffer, read: Reader): [tag: number, value: number][] {
  const tags: [number, number][] = [];
  for (let at = 0; at + 16 <= entries.length; at += 16) {
    tags.push([read.long(entries, at), read.long(entries, at + 8)]);
  }
  return tags;
}

async function readNames(
  file: FileHandle,
  tags: readonly [number, number][],
  segments: readonly Segment[],
): Promise<string[] | undefined> {
  const valueOf = (wanted: number) => tags.find(([tag]) => tag === wanted)?.[1] ?? 0;
  const address = valueOf(namesTag);
  const segment = segments.find(
    ({ type, address: start, bytes }) =>
      type === loadSegment && start <= address && address < start + bytes,
  );
  if (segment === undefined) return [];
  const at = segment.offset + address - segment.address;
  const names = await readAt(file, at, valueOf(namesBytesTag));
  if (names === undefined) return undefined;
  const starts = tags.filter(([tag]) => tag === neededTag).map(([, start]) => start);
  return starts.map((start) => names.toString("latin1", start, names.indexOf(0, start)));
}

// No table of a library is larger; a file that says so is broken.
const mostBytes = 64 * 1024 * 1024;

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer | undefined> {
  if (bytes > mostBytes) return undefined;
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  return bytesRead === bytes ? buffer : undefined;
}
