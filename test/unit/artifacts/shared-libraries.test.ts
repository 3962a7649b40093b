import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSharedLibraries } from "../../../src/artifacts/shared-libraries.ts";
import { elfBytes } from "../../support/elf.ts";
import { makeTree } from "../../support/tree.ts";

test("tells what the system must have from what the tree or the C library brings", async () => {
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

test("knows nothing where there is no ldd", async () => {
  const tree = await makeTree();
  await writeFile(join(tree, "ruby"), elfBytes("executable"));
  const run = async () => ({ exitCode: 127, stdout: "", stderr: "", lines: [] });
  expect(await findSharedLibraries(tree, { run, env: {} })).toEqual({ needed: [], missing: [] });
});
