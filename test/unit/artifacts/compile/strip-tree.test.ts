import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripTree } from "../../../../src/artifacts/compile/strip-tree.ts";
import type { Toolchain } from "../../../../src/artifacts/compile/toolchain.ts";
import type { Command, CommandResult } from "../../../../src/system/command.ts";
import { elfBytes } from "../../../support/builds/elf.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree } from "../../../support/tree.ts";

test("strips all executables and shared libraries with one command, and removes linker input", async () => {
  const root = await makeRuby();
  const { commands, lines } = await strip(root, { exitCode: 0, lines: [] });
  expect(commands).toMatchObject([
    {
      file: "strip",
      args: ["--strip-unneeded", "--", join(root, "bin/ruby"), join(root, "lib/libruby.so")],
    },
  ]);
  expect(await readdir(join(root, "lib"))).toEqual(["libruby.so"]);
  expect(lines).toEqual([]);
});

test("keeps the archives that extensions are linked with, if Ruby has no shared library", async () => {
  const root = await makeTree({
    "lib/libruby-static.a": "!<arch>",
    "lib/libcrypt.a": "!<arch>",
    "lib/ext.o": "",
    "lib/ruby/gems/ext.a": "!<arch>",
  });
  await strip(root, { exitCode: 0, lines: [] });
  expect((await readdir(join(root, "lib"))).sort()).toEqual([
    ...["libcrypt.a", "libruby-static.a", "ruby"],
  ]);
  expect(await readdir(join(root, "lib/ruby/gems"))).toEqual([]);
});

test("strips code of another architecture with its tool", async () => {
  const cross = { build: "x86_64-linux-gnu", host: "aarch64-linux-gnu" };
  const missing = { exitCode: 127, lines: [] };
  const { commands, lines } = await strip(await makeRuby(), missing, { arch: "arm64", cross });
  expect(commands).toMatchObject([{ file: "aarch64-linux-gnu-strip" }]);
  expect(lines).toEqual(["Kept debug symbols: `aarch64-linux-gnu-strip` is not installed"]);
});

test("prints a note and continues without strip", async () => {
  const { lines } = await strip(await makeRuby(), { exitCode: 127, lines: [] });
  expect(lines).toEqual(["Kept debug symbols: `strip` is not installed"]);
});

test("prints why strip failed, and continues", async () => {
  const said = ["strip: libruby.so: file format not recognized"];
  const { lines } = await strip(await makeRuby(), { exitCode: 1, lines: said });
  expect(lines).toEqual([`Kept debug symbols: ${said[0]}`]);
});

test("runs nothing if there is nothing to strip", async () => {
  const { commands } = await strip(await makeTree({ file: "" }), { exitCode: 0, lines: [] });
  expect(commands).toEqual([]);
});

async function makeRuby(): Promise<string> {
  const root = await makeTree({
    "bin/irb": "#!",
    "lib/libruby-static.a": "!<arch>",
    "lib/ext.o": "",
  });
  await writeFile(join(root, "bin/ruby"), elfBytes("executable"));
  await writeFile(join(root, "lib/libruby.so"), elfBytes("shared"));
  return root;
}

async function strip(
  directory: string,
  result: Pick<CommandResult, "exitCode" | "lines">,
  toolchain?: Toolchain,
) {
  const commands: Command[] = [];
  const section = recordSection();
  const run = async (command: Command) => {
    commands.push(command);
    return { stdout: "", stderr: "", ...result };
  };
  await stripTree(directory, { section, run, env: {}, ...(toolchain ? { toolchain } : {}) });
  return { commands, lines: section.lines };
}
