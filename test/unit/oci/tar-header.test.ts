import { describe, expect, test } from "vitest";
import { padding, tarHeader, type TarEntry } from "../../../src/oci/tar-header.ts";

const file = { kind: "file", bytes: 0, read: () => [] } as const;

function headerOf(name: string | Buffer, more: Partial<TarEntry> = {}): Buffer {
  const entry = { name: Buffer.from(name), mode: 0o755, uid: 1001, gid: 1000, body: file };
  return tarHeader({ ...entry, ...more });
}

function text(block: Buffer, offset: number, width: number): string {
  return block.toString("latin1", offset, offset + width).replaceAll("\0", "·");
}

describe("POSIX.1-2008, pax, ustar Interchange Format", () => {
  test("writes each field at its place in USTAR, in octal digits and a NUL", () => {
    const block = headerOf("/layers/x/y");
    expect(block).toHaveLength(512);
    expect(text(block, 0, 12)).toBe("/layers/x/y·");
    expect(text(block, 100, 24)).toBe("0000755·0001751·0001750·");
    // 1980-01-01 00:00:01 UTC.
    expect(text(block, 124, 24)).toBe("00000000000·02263523001·");
    expect(text(block, 156, 1)).toBe("0");
    // Neither user nor group has a name.
    expect(text(block, 257, 80)).toBe(`ustar·00${"·".repeat(64)}0000000·`);
  });

  test("computes the checksum with its own field as blanks", () => {
    const block = headerOf("a");
    const stated = Number.parseInt(text(block, 148, 6), 8);
    block.fill(" ", 148, 156);
    expect(block.reduce((sum, byte) => sum + byte, 0)).toBe(stated);
  });

  test.each<[string, TarEntry["body"], string]>([
    ["a directory", { kind: "directory" }, "5"],
    ["a link", { kind: "link", target: Buffer.from("../b") }, "2"],
    ["a file", file, "0"],
  ])("%s has its type", (_, body, type) => {
    expect(text(headerOf("a", { body }), 156, 1)).toBe(type);
  });

  test("splits a long name at the last slash that keeps the prefix within 155 bytes", () => {
    const name = `/${"d".repeat(120)}/${"e".repeat(30)}/${"f".repeat(90)}`;
    const block = headerOf(name);
    expect(block).toHaveLength(512);
    expect(text(block, 345, 155).replaceAll("·", "")).toBe(`/${"d".repeat(120)}/${"e".repeat(30)}`);
    expect(text(block, 0, 100).replaceAll("·", "")).toBe("f".repeat(90));
  });

  test.each<[string, Partial<TarEntry>, string]>([
    [
      "a name without a slash to split at",
      { name: Buffer.from(`/${"n".repeat(120)}`) },
      `131 path=/${"n".repeat(120)}\n`,
    ],
    ["a name beyond ASCII", { name: Buffer.from("/gemme-é") }, "18 path=/gemme-é\n"],
    [
      "a long target",
      { body: { kind: "link", target: Buffer.from("t".repeat(101)) } },
      `115 linkpath=${"t".repeat(101)}\n`,
    ],
    [
      "a file of more than 8 GiB",
      { body: { ...file, bytes: 8_589_934_592 } },
      "19 size=8589934592\n",
    ],
  ])("%s stands in a PAX record", (_, more, record) => {
    const blocks = headerOf("/short", more);
    expect(blocks).toHaveLength(3 * 512);
    expect(text(blocks, 156, 1)).toBe("x");
    expect(blocks.toString("utf8", 512, 512 + Buffer.byteLength(record))).toBe(record);
    expect(Number.parseInt(text(blocks, 124, 11), 8)).toBe(Buffer.byteLength(record));
  });

  test("pads files to a multiple of 512 bytes", () => {
    expect([0, 1, 511, 512, 513].map((bytes) => padding(bytes).length)).toEqual([
      0, 511, 1, 0, 511,
    ]);
  });
});
