import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { glibcVersion } from "../../../src/system/glibc.ts";
import { addToTree, makeTree } from "../../support/tree.ts";

/** A library that says who it is, among other bytes. */
const library = (banner: string) => `\x7fELF\0\0\xff${banner}\nCopyright (C) …\0more\0`;
const debian = "GNU C Library (Debian GLIBC 2.36-9+deb12u14) stable release version 2.36.";

describe("the version of the GNU C library", () => {
  test.for([
    ["usr/lib/x86_64-linux-gnu", debian, "2.36"],
    [
      "lib/aarch64-linux-gnu",
      "GNU C Library (Ubuntu GLIBC 2.39-0ubuntu8.4) stable release version 2.39.",
      "2.39",
    ],
    ["usr/lib64", "GNU C Library (GNU libc) stable release version 2.40.", "2.40"],
    ["usr/lib", "GNU C Library (GNU libc) stable release version 2.41 (git 74f59e9271).", "2.41"],
    ["lib64", "GNU C Library (GNU libc) development release version 2.42.9000.", "2.42"],
    [
      "usr/lib64",
      "GNU C Library (Gentoo 2.38-r10 (patchset 9)) stable release version 2.38.",
      "2.38",
    ],
  ])("is read from the library in %s", async ([directory, banner = "", version]) => {
    expect(await read({ [`${directory}/libc.so.6`]: library(banner) })).toBe(version);
  });

  test.for<[why: string, files: Record<string, string>]>([
    ["there is only another C library", { "lib/ld-musl-x86_64.so.1": "musl libc\nVersion 1.2.5" }],
    ["the file says nothing of a version", { "usr/lib64/libc.so.6": library("C Library") }],
    ["it is a directory", { "usr/lib64/libc.so.6/file": library(debian) }],
  ])("is not known if %s", async ([, files]) => {
    expect(await read(files)).toBeUndefined();
  });

  test("is looked for in a root only, where absolute links begin at its top", async () => {
    const root = await makeTree({ "usr/lib/libc-2.31.so": "" });
    await addToTree(root, {
      "usr/lib/libc-2.31.so": library("GNU C Library stable release version 2.31."),
      "usr/lib64/": "",
    });
    await symlink("/usr/lib/libc-2.31.so", join(root, "usr/lib64/libc.so.6"));
    expect(await glibcVersion(root)).toBe("2.31");
  });

  test("is not read from a file outside of the root", async () => {
    const outside = await makeTree({ "libc.so.6": library(debian) });
    const root = await makeTree({ "usr/lib64/": "" });
    await symlink(join(outside, "libc.so.6"), join(root, "usr/lib64/libc.so.6"));
    expect(await glibcVersion(root)).toBeUndefined();
  });
});

async function read(files: Record<string, string>): Promise<string | undefined> {
  return await glibcVersion(await makeTree(files));
}
