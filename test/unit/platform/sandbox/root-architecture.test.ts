import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { architectureOfRoot } from "../../../../src/platform/sandbox/root-architecture.ts";
import { elfBytes } from "../../../support/elf.ts";
import { makeTree } from "../../../support/tree.ts";

const program = (machine: number) => elfBytes("executable", machine);

test.each([
  ["x64", "usr/bin/dash", program(0x3e)],
  ["arm64", "usr/bin/dash", program(0xb7)],
  ["arm64", "bin/busybox", program(0xb7)],
  [undefined, "usr/bin/dash", program(0x28)],
  [undefined, "usr/bin/dash", Buffer.from("#!/bin/sh\n")],
  [undefined, "usr/bin/dash", Buffer.from("\x7fELF")],
])("returns %s for a root, from its %s", async (arch, name, content) => {
  const root = await makeTree({ [name]: "" });
  await writeFile(join(root, name), content);
  expect(await architectureOfRoot(root)).toBe(arch);
});

test("returns undefined for a root without a shell", async () => {
  expect(await architectureOfRoot(join(await makeTree(), "none"))).toBeUndefined();
});
