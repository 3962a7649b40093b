import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { statIfAny } from "./files.ts";
import { visiblePath, withView } from "./listing/tree-view.ts";

/**
 * The version of the GNU C library in a root file system, such as `2.36`. It is in the text that the library prints when it
 * is started as a program; nothing is run.
 *
 * @returns `undefined` if the root has no GNU C library for 64 bits where distributions put it.
 */
export async function glibcVersion(root: string): Promise<string | undefined> {
  const search = async () => {
    for (const directory of directories) {
      const version = await versionIn(join(root, directory, "libc.so.6"));
      if (version !== undefined) return version;
    }
    return undefined;
  };
  return root === "/" ? await search() : await withView({ root, as: "root" }, search);
}

const directories = [
  // Debian and Ubuntu.
  ...["x86_64-linux-gnu", "aarch64-linux-gnu"].map((triplet) => `usr/lib/${triplet}`),
  ...["x86_64-linux-gnu", "aarch64-linux-gnu"].map((triplet) => `lib/${triplet}`),
  // Fedora, openSUSE and others; Arch has only the last.
  ...["usr/lib64", "lib64", "usr/lib"],
];

/** `GNU C Library (Debian GLIBC 2.36-9+deb12u14) stable release version 2.36.` */
const banner = /^GNU C Library [^\0\n]{0,200}? release version (\d+\.\d+)/;
const bannerStart = "GNU C Library ";
const longestBanner = 300;

/** The library has about 2 MB. */
const largest = 64 * 1024 ** 2;

async function versionIn(path: string): Promise<string | undefined> {
  const stats = await statIfAny(path);
  if (!stats?.isFile() || stats.size > largest) return undefined;
  const place = (await visiblePath(path)) ?? path;
  const bytes = await readFile(place).catch(() => Buffer.alloc(0));
  // A pattern for the whole text takes several times as long, in every build.
  for (let at = bytes.indexOf(bannerStart); at >= 0; at = bytes.indexOf(bannerStart, at + 1)) {
    const version = banner.exec(bytes.toString("latin1", at, at + longestBanner))?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
