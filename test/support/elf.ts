/** The beginning of an ELF file, of a kind (`e_type`), padded to the size of a small file. */
export function elfBytes(kind: "object" | "executable" | "shared", machine = 62): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write("\x7fELF", "latin1");
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE({ object: 1, executable: 2, shared: 3 }[kind], 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

/** A whole shared library of 64 bits that holds nothing but the names of those that it needs. */
export function elfLibrary({
  needed,
  machine = 62,
  big = false,
}: {
  needed: readonly string[];
  machine?: number;
  big?: boolean;
}): Buffer {
  const names = Buffer.from(`\0${needed.map((name) => `${name}\0`).join("")}`);
  // Headers, then the dynamic section, then the names; loaded at an address of its own.
  const dynamicAt = 64 + 2 * 56;
  const tags = needed.length + 3;
  const namesAt = dynamicAt + tags * 16;
  const base = 0x10000;
  const bytes = Buffer.concat([Buffer.alloc(namesAt), names]);
  const write = writers(bytes, big);
  bytes.write("\x7fELF", "latin1");
  bytes.set([2, big ? 2 : 1, 1], 4);
  write.half(16, 3);
  write.half(18, machine);
  write.long(32, 64);
  write.half(54, 56);
  write.half(56, 2);
  const segment = (at: number, type: number, offset: number, length: number) => {
    write.word(at, type);
    write.long(at + 8, offset);
    write.long(at + 16, base + offset);
    write.long(at + 32, length);
  };
  segment(64, 1, 0, bytes.length);
  segment(64 + 56, 2, dynamicAt, tags * 16);
  const starts = needed.map((name) => names.indexOf(`\0${name}\0`) + 1);
  const entries = [...starts.map((at) => [1, at]), [5, base + namesAt], [10, names.length], [0, 0]];
  for (const [index, [tag = 0, value = 0]] of entries.entries()) {
    write.long(dynamicAt + index * 16, tag);
    write.long(dynamicAt + index * 16 + 8, value);
  }
  return bytes;
}

function writers(bytes: Buffer, big: boolean) {
  return big
    ? {
        half: (at: number, value: number) => bytes.writeUInt16BE(value, at),
        word: (at: number, value: number) => bytes.writeUInt32BE(value, at),
        long: (at: number, value: number) => bytes.writeBigUInt64BE(BigInt(value), at),
      }
    : {
        half: (at: number, value: number) => bytes.writeUInt16LE(value, at),
        word: (at: number, value: number) => bytes.writeUInt32LE(value, at),
        long: (at: number, value: number) => bytes.writeBigUInt64LE(BigInt(value), at),
      };
}
