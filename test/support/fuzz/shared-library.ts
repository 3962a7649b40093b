/** A shared library that needs `libc.so.6` and `libm.so.6`, made byte by byte. */
export function sharedLibrary(): Buffer {
  const file = Buffer.alloc(512);
  file.write("\x7fELF", 0, "latin1");
  file.set([2, 1, 1], 4);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  writeSegment(file, 64, 1, 0n, 512n);
  writeSegment(file, 120, 2, 256n, 80n);
  for (const [index, [tag, value]] of dynamicSection.entries()) {
    file.writeBigUInt64LE(tag, 256 + index * 16);
    file.writeBigUInt64LE(value, 264 + index * 16);
  }
  file.write("\0libc.so.6\0libm.so.6\0", 400, "latin1");
  return file;
}

/** Two libraries, and where their names are. */
const dynamicSection: readonly [tag: bigint, value: bigint][] = [
  [1n, 1n],
  [1n, 11n],
  [5n, 400n],
  [10n, 32n],
  [0n, 0n],
];

function writeSegment(file: Buffer, at: number, type: number, offset: bigint, bytes: bigint): void {
  file.writeUInt32LE(type, at);
  for (const place of [8, 16]) file.writeBigUInt64LE(offset, at + place);
  file.writeBigUInt64LE(bytes, at + 32);
}
