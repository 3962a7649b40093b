import { open } from "node:fs/promises";
import { type ElfFile, type ElfHeader, type ElfSegment, parseSegments, readHeader } from "./elf.ts";

/** What a shared library or an executable needs to be loaded. */
export interface ElfNeeds {
  architecture: ElfHeader["architecture"];
  /** The shared libraries that it is linked to, by the names that the loader looks for. */
  needed: string[];
}

/**
 * Reads which libraries a 64-bit ELF file is linked to, without running anything.
 *
 * Spec: System V ABI, Dynamic Linking, Dynamic Section.
 *
 * @returns `undefined` for a file of another kind, or one that ends early.
 * @throws the error of the file system.
 */
export async function readElfNeeds(path: string): Promise<ElfNeeds | undefined> {
  await using file = await open(path);
  return await needsOf(file);
}

/** As `readElfNeeds`, from an open file. */
export async function needsOf(file: ElfFile): Promise<ElfNeeds | undefined> {
  const header = await readHeader(file);
  if (!header) return undefined;
  const { offset, entryBytes, count } = header.segments;
  const table = await readAt(file, offset, entryBytes * count);
  if (!table) return undefined;
  const segments = parseSegments(table, header);
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  const entries = dynamic && (await readAt(file, dynamic.offset, dynamic.bytes));
  if (!entries) return { architecture: header.architecture, needed: [] };
  const needed = await readNames(file, tagsIn(entries, header), segments);
  return needed && { architecture: header.architecture, needed };
}

const loadSegment = 1;
const dynamicSegment = 2;
const neededTag = 1;
const namesTag = 5;
const namesBytesTag = 10;

function tagsIn(entries: Buffer, { read }: ElfHeader): [tag: number, value: number][] {
  const tags: [number, number][] = [];
  for (let at = 0; at + 16 <= entries.length; at += 16) {
    tags.push([read.long(entries, at), read.long(entries, at + 8)]);
  }
  return tags;
}

async function readNames(
  file: ElfFile,
  tags: readonly [number, number][],
  segments: readonly ElfSegment[],
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

// No library has a larger table: a file that claims one is broken.
const mostBytes = 64 * 1024 * 1024;

async function readAt(file: ElfFile, at: number, bytes: number): Promise<Buffer | undefined> {
  if (bytes > mostBytes || !Number.isSafeInteger(at) || at < 0) return undefined;
  // A hostile file must not make us reserve memory for what it does not have.
  if (at + bytes > (await file.stat()).size) return undefined;
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  return bytesRead === bytes ? buffer : undefined;
}
