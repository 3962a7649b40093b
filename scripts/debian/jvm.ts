import { cp, lstat, mkdir, readlink, rename } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import glob from "fast-glob";
import { lstatIfAny, removeTree } from "../../src/system/files.ts";
import { cached } from "../cache.ts";
import { openSuites, tryAptGet } from "./apt.ts";
import { Unavailable } from "../unavailable.ts";
import { run, type Work } from "../work.ts";

/**
 * The directory of a Java 17 from Debian 12's package, which also works after it is copied elsewhere. All
 * callers share it, so none may write to it.
 *
 * @throws Unavailable if the machine does not run Debian, or the package cannot be downloaded.
 */
export async function ensureJvm(work: Work): Promise<string> {
  return await cached(work, "jvm-17", { recipe, name }, async (place) => {
    await work.section.timed(`Unpacking Java from Debian's package \`${name}\``, async () => {
      const scratch = join(place, "scratch");
      await mkdir(scratch);
      await fetchPackage(work, scratch);
      await bringHome(scratch);
      await moveInto(place, scratch);
    });
  });
}

/** Increase this when the code below changes the result, so that older directories are made again. */
const recipe = 1;
const name = "openjdk-17-jre-headless";
const home = "usr/lib/jvm/java-17-openjdk-*";

async function fetchPackage(work: Work, scratch: string): Promise<void> {
  const { apt, problem } = await openSuites(work, "deb", ["bookworm"]);
  const complaint = await tryAptGet(work, ["download", name], { apt, directory: scratch });
  const [file] = await glob("*.deb", { cwd: scratch, absolute: true });
  if (complaint !== undefined || file === undefined) {
    throw new Unavailable(`Debian's archive has no usable ${name}: ${complaint ?? problem}`);
  }
  await run(work, "dpkg-deb", ["-x", file, scratch]);
}

/** Debian keeps Java's settings in `/etc`, where another system does not have them. */
async function bringHome(scratch: string): Promise<void> {
  const options = { cwd: scratch, absolute: true, onlyFiles: false, followSymbolicLinks: false };
  for (const path of await glob(`${home}/**`, options)) {
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const target = await readlink(path);
    if (!isAbsolute(target)) continue;
    await removeTree(path);
    const settings = join(scratch, target);
    if (await lstatIfAny(settings)) await cp(settings, path, { recursive: true });
  }
}

async function moveInto(place: string, scratch: string): Promise<void> {
  const [directory] = await glob(home, { cwd: scratch, absolute: true, onlyDirectories: true });
  if (directory === undefined) throw new Error(`${name} has no ${home}`);
  for (const entry of await glob("*", { cwd: directory, onlyFiles: false })) {
    await rename(join(directory, entry), join(place, entry));
  }
  await removeTree(scratch);
}
