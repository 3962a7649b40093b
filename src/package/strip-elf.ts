import { parseElfHeader, parseSegments } from "../system/elf/elf.ts";

/**
 * Drops what only debuggers read from an executable: everything behind the last byte that is loaded,
 * the section table included. `strip` would do it too, but only for the architecture of this machine,
 * and its output differs from machine to machine.
 *
 * Spec: System V ABI, Object Files.
 *
 * @throws Error for a file that is not an ELF file for amd64 or arm64.
 */
export function stripElf(bytes: Buffer): Buffer {
  const stripped = Buffer.from(bytes.subarray(0, endOfSegments(bytes)));
  stripped.writeBigUInt64LE(0n, sectionTable);
  stripped.writeUInt16LE(0, sectionCount);
  stripped.writeUInt16LE(0, sectionNames);
  return stripped;
}

function endOfSegments(bytes: Buffer): number {
  const header = parseElfHeader(bytes);
  if (!header?.architecture) throw new Error("it is not an ELF file for amd64 or arm64");
  const { offset, entryBytes, count } = header.segments;
  const end = offset + entryBytes * count;
  const segments = parseSegments(bytes.subarray(offset, end), header);
  return Math.max(end, ...segments.map((segment) => segment.offset + segment.bytes));
}

// The fields of the header that describe sections.
const sectionTable = 40;
const sectionCount = 60;
const sectionNames = 62;
