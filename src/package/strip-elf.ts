/**
 * An executable without what only debuggers read: all that lies behind the last byte that is loaded,
 * the table of sections included. Done here, and not by `strip`, which knows one architecture and
 * differs from machine to machine.
 *
 * Spec: System V ABI, Object Files, for 64 bits and little-endian, as both our architectures are.
 *
 * @throws Error for what is no such file.
 */
export function stripElf(bytes: Buffer): Buffer {
  if (bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) {
    throw new Error("it is no 64-bit little-endian ELF file");
  }
  const stripped = Buffer.from(bytes.subarray(0, endOfSegments(bytes)));
  stripped.writeBigUInt64LE(0n, header.sectionTable);
  stripped.writeUInt16LE(0, header.sectionCount);
  stripped.writeUInt16LE(0, header.sectionNames);
  return stripped;
}

/** The architecture of an ELF file as images call it; `undefined` for any other. */
export function architectureOf(bytes: Buffer): string | undefined {
  return { 62: "amd64", 183: "arm64" }[bytes.readUInt16LE(header.machine)];
}

function endOfSegments(bytes: Buffer): number {
  const table = Number(bytes.readBigUInt64LE(header.segmentTable));
  const size = bytes.readUInt16LE(header.segmentSize);
  const count = bytes.readUInt16LE(header.segmentCount);
  let end = table + size * count;
  for (let segment = table; segment < table + size * count; segment += size) {
    const offset = Number(bytes.readBigUInt64LE(segment + 8));
    end = Math.max(end, offset + Number(bytes.readBigUInt64LE(segment + 32)));
  }
  return end;
}

/** Where the fields of an ELF header stand. */
const header = {
  machine: 18,
  segmentTable: 32,
  sectionTable: 40,
  segmentSize: 54,
  segmentCount: 56,
  sectionCount: 60,
  sectionNames: 62,
};
