import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  isElf,
  parseElfHeader,
  parseSegments,
  readElfHeader,
} from "../../../../src/system/elf/elf.ts";
import { elfBytes, elfLibrary } from "../../../support/builds/elf.ts";
import { makeTree } from "../../../support/tree.ts";

test.each([
  ["executable", 62, "amd64"],
  ["shared", 183, "arm64"],
  ["shared", 40, undefined],
] as const)("reads kind and architecture: %s for machine %s", (kind, machine, architecture) => {
  expect(parseElfHeader(elfBytes(kind, machine))).toMatchObject({ kind, architecture });
});

test("an object file is neither an executable nor a shared library", () => {
  expect(parseElfHeader(elfBytes("object"))).toMatchObject({ kind: "other" });
});

test("reads a big-endian file, but names no architecture for it", () => {
  const header = parseElfHeader(elfLibrary({ needed: [], machine: 183, big: true }));
  expect(header).toMatchObject({ kind: "shared", architecture: undefined });
  expect(header?.segments).toEqual({ offset: 64, entryBytes: 56, count: 2 });
});

test.each([
  ["text", Buffer.from("#!/bin/sh\n".repeat(20)), false],
  ["32-bit", withByte(elfBytes("shared"), 4, 1), true],
  ["shorter than a header", elfBytes("shared").subarray(0, 63), true],
  ["shorter than the mark of ELF", Buffer.from("\x7fEL"), false],
])("returns undefined for a file that is %s", (_, bytes, marked) => {
  expect(parseElfHeader(bytes)).toBeUndefined();
  expect(isElf(bytes)).toBe(marked);
});

test("lists the segments of a library", () => {
  const bytes = elfLibrary({ needed: ["libc.so.6"] });
  const header = parseElfHeader(bytes);
  const segments = header && parseSegments(bytes.subarray(64, 64 + 2 * 56), header);
  expect(segments).toEqual([
    { type: 1, offset: 0, address: 0x10000, bytes: bytes.length },
    { type: 2, offset: 176, address: 0x10000 + 176, bytes: 64 },
  ]);
});

test("reads the header of a file on disk", async () => {
  const path = join(await makeTree(), "program");
  await writeFile(path, elfBytes("executable", 183));
  expect(await readElfHeader(path)).toMatchObject({ kind: "executable", architecture: "arm64" });
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  bytes[at] = value;
  return bytes;
}
