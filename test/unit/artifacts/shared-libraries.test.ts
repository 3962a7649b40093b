import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSharedLibraries } from "../../../src/artifacts/shared-libraries.ts";
import type { Command } from "../../../src/system/command.ts";
import { elfBytes } from "../../support/builds/elf.ts";
import { makeTree } from "../../support/tree.ts";

test("lists what the system must have, without what the tree or the C library contains", async () => {
  const tree = await makeTree({ "lib/libruby.so.3.4.5": "" });
  await symlink("libruby.so.3.4.5", join(tree, "lib/libruby.so.3.4"));
  await writeFile(join(tree, "lib/openssl.so"), elfBytes("shared"));
  // As glibc 2.36's ldd prints it for several files.
  const stdout = `${tree}/bin/ruby:
	linux-vdso.so.1 (0x00007ffe5a1f2000)
	libruby.so.3.4 => ${tree}/lib/libruby.so.3.4 (0x00007f0e5bc00000)
	libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f0e5bbe1000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f0e5bb01000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0e5b920000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f0e5c3f9000)
${tree}/lib/openssl.so:
	libruby.so.3.4 => not found
	libssl.so.3 => not found
	libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f3fbb2c7000)
	libcrypto.so.3 => /lib/x86_64-linux-gnu/libcrypto.so.3 (0x00007f3fbae00000)
`;
  const run = async () => ({ exitCode: 0, stdout, stderr: "", lines: [] });
  expect(await findSharedLibraries(tree, { run, env: {} })).toEqual({
    needed: ["libcrypto.so.3", "libssl.so.3", "libz.so.1"],
    missing: ["libssl.so.3"],
  });
});

test("reads what code of another architecture needs", async () => {
  const tree = await makeTree({ "lib/libruby.so.3.4": "" });
  await writeFile(join(tree, "lib/openssl.so"), elfBytes("shared"));
  // As GNU objdump 2.40 prints the dynamic section.
  const stdout = `
${tree}/lib/openssl.so:     file format elf64-littleaarch64

Dynamic Section:
  NEEDED               libruby.so.3.4
  NEEDED               libssl.so.3
  NEEDED               libc.so.6
  NEEDED               ld-linux-aarch64.so.1
  SONAME               openssl.so
  INIT                 0x0000000000009d40
`;
  const commands: Command[] = [];
  const run = async (command: Command) => {
    commands.push(command);
    return { exitCode: 0, stdout, stderr: "", lines: [] };
  };
  const cross = { build: "x86_64-linux-gnu", host: "aarch64-linux-gnu" };
  const toolchain = { arch: "arm64", cross };
  expect(await findSharedLibraries(tree, { run, env: {}, toolchain })).toEqual({
    needed: ["libssl.so.3"],
    missing: [],
  });
  const args = ["-p", join(tree, "lib/openssl.so")];
  expect(commands).toMatchObject([{ file: "aarch64-linux-gnu-objdump", args }]);
});

test("knows nothing without ldd", async () => {
  const tree = await makeTree();
  await writeFile(join(tree, "ruby"), elfBytes("executable"));
  const run = async () => ({ exitCode: 127, stdout: "", stderr: "", lines: [] });
  expect(await findSharedLibraries(tree, { run, env: {} })).toEqual({ needed: [], missing: [] });
});
