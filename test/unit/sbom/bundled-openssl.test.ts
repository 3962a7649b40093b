import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { bundledOpenssl } from "../../../src/sbom/bundled-openssl.ts";
import { elfLibrary } from "../../support/builds/elf.ts";
import { makeTree } from "../../support/tree.ts";

/** A Ruby whose OpenSSL extension is linked to these libraries, and contains a text. */
async function rubyWith(needed: readonly string[], text: string): Promise<string> {
  const ruby = await makeTree();
  const path = join(ruby, "lib/ruby/3.4.0/x86_64-linux/openssl.so");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.concat([elfLibrary({ needed }), Buffer.from(`\0${text}\0`)]));
  return ruby;
}

test("an OpenSSL that is part of Ruby is listed with its version", async () => {
  const ruby = await rubyWith(["libc.so.6"], "OpenSSL 3.6.2 7 Apr 2026");
  expect(await bundledOpenssl(ruby)).toMatchObject([
    {
      name: "openssl",
      version: "3.6.2",
      purl: "pkg:generic/openssl@3.6.2",
      cpe: "cpe:2.3:a:openssl:openssl:3.6.2:*:*:*:*:*:*:*",
    },
  ]);
});

test("the OpenSSL of the system is not listed", async () => {
  for (const library of ["libssl.so.3", "libcrypto.so.3"]) {
    const ruby = await rubyWith([library, "libc.so.6"], "OpenSSL 3.0.15 3 Sep 2024");
    expect(await bundledOpenssl(ruby)).toEqual([]);
  }
});

test("nothing is listed for a Ruby without the extension, or if it says no version", async () => {
  expect(await bundledOpenssl(await makeTree({ "bin/ruby": "" }))).toEqual([]);
  expect(await bundledOpenssl(await rubyWith(["libc.so.6"], "LibreSSL"))).toEqual([]);
});
