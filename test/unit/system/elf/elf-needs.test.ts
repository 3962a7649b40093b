import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readElfNeeds } from "../../../../src/system/elf/elf-needs.ts";
import { elfBytes, elfLibrary } from "../../../support/builds/elf.ts";
import { makeTree } from "../../../support/tree.ts";

test.each([
  [{ needed: ["libpq.so.5", "libc.so.6"], machine: 62 }, "amd64"],
  [{ needed: ["libvips.so.42"], machine: 183 }, "arm64"],
  [{ needed: [], machine: 62 }, "amd64"],
  [{ needed: ["libpq.so.5"], machine: 22, big: true }, undefined],
] as const)("reads what a library needs: %j", async (story, architecture) => {
  const needs = await needsOf(elfLibrary(story));
  expect(needs).toEqual({ architecture, needed: story.needed });
});

test("agrees with the loader about a real executable", async () => {
  const { stdout } = await promisify(execFile)("ldd", [process.execPath]);
  const needs = await readElfNeeds(process.execPath);
  expect(needs?.needed).toContain("libc.so.6");
  for (const name of needs?.needed ?? []) expect(stdout).toContain(name);
});

test.each<[string, Buffer]>([
  ["text", Buffer.from("#!/bin/sh\n".repeat(20))],
  ["empty", Buffer.alloc(0)],
  ["cut off within its header", elfLibrary({ needed: [] }).subarray(0, 40)],
  ["cut off within its tables", elfLibrary({ needed: [] }).subarray(0, 100)],
  ["cut off within its names", elfLibrary({ needed: ["libpq.so.5"] }).subarray(0, -3)],
])("returns undefined for a file that is %s", async (_, bytes) => {
  expect(await needsOf(bytes)).toBeUndefined();
});

test("reads no needs from a file without a dynamic section", async () => {
  expect(await needsOf(elfBytes("object"))).toEqual({ architecture: "amd64", needed: [] });
});

async function needsOf(bytes: Buffer) {
  const path = join(await makeTree(), "library.so");
  await writeFile(path, bytes);
  return await readElfNeeds(path);
}
