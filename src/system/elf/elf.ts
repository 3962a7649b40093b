import { open } from "node:fs/promises";

/** The header of a 64-bit ELF file: what kind of file it is, and where its segments are listed. */
export interface ElfHeader {
  kind: "executable" | "shared" | "other";
  /** As images name it; `undefined` for an architecture that we do not build for. */
  architecture: "amd64" | "arm64" | undefined;
  segments: { offset: number; entryBytes: number; count: number };
  /** Reads numbers in the byte order of the file. */
  read: ElfNumbers;
}

/** A part of an ELF file, and the address it is loaded at. */
export interface ElfSegment {
  /** `p_type`: 1 is a loaded segment, 2 the dynamic section. */
  type: number;
  offset: number;
  address: number;
  /** Its size in the file. */
  bytes: number;
}

/** An open file, as Node's `FileHandle` is one. */
export interface ElfFile {
  stat(): Promise<{ size: number }>;
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ buffer: Buffer; bytesRead: number }>;
}

/** How many bytes of a file `parseElfHeader` needs. */
export const elfHeaderBytes = 64;

/**
 * Parses the header at the start of a file.
 *
 * Spec: System V ABI, Object Files, ELF Header.
 *
 * @returns `undefined` for a file that is too short, not ELF, or 32-bit.
 */
export function parseElfHeader(bytes: Buffer): ElfHeader | undefined {
  if (bytes.length < elfHeaderBytes || !isElf(bytes) || bytes[4] !== elf64) return undefined;
  const isBigEndian = bytes[5] === 2;
  const read = isBigEndian ? readers.big : readers.little;
  return {
    kind: kinds[read.half(bytes, 16)] ?? "other",
    architecture: isBigEndian ? undefined : architectures[read.half(bytes, 18)],
    segments: {
      offset: read.long(bytes, 32),
      entryBytes: read.half(bytes, 54),
      count: read.half(bytes, 56),
    },
    read,
  };
}

/** Whether a file starts with the four bytes of every ELF file. */
export function isElf(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === 0x7f454c46;
}

/**
 * Reads the header of a file.
 *
 * @throws the error of the file system.
 */
export async function readElfHeader(path: string): Promise<ElfHeader | undefined> {
  await using file = await open(path);
  return await readHeader(file);
}

/** As `readElfHeader`, from an open file. */
export async function readHeader(file: ElfFile): Promise<ElfHeader | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(elfHeaderBytes), 0, elfHeaderBytes, 0);
  return parseElfHeader(buffer.subarray(0, bytesRead));
}

/** The segments in a file's program header table; `table` is the part that `header.segments` names. */
export function parseSegments(table: Buffer, { segments, read }: ElfHeader): ElfSegment[] {
  const { entryBytes } = segments;
  const count = entryBytes < smallestEntry ? 0 : Math.floor(table.length / entryBytes);
  return Array.from({ length: count }, (_, index) => ({
    type: read.word(table, index * entryBytes),
    offset: read.long(table, index * entryBytes + 8),
    address: read.long(table, index * entryBytes + 16),
    bytes: read.long(table, index * entryBytes + 32),
  }));
}

const elf64 = 2;
const smallestEntry = 56;
const kinds: Readonly<Record<number, ElfHeader["kind"]>> = { 2: "executable", 3: "shared" };
const architectures: Readonly<Record<number, ElfHeader["architecture"]>> = {
  62: "amd64",
  183: "arm64",
};

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
type ElfNumbers = (typeof readers)["little"];
