/** The beginning of an ELF file for x86-64, of a kind (`e_type`), padded to the size of a small file. */
export function elfBytes(kind: "object" | "executable" | "shared"): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write("\x7fELF", "latin1");
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE({ object: 1, executable: 2, shared: 3 }[kind], 16);
  return bytes;
}
