import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { removeTree } from "../src/system/files.ts";
import { imageTime } from "../src/system/image-time.ts";
import { cached } from "./cache.ts";
import { fetchGems } from "./fetch-gems.ts";
import { hashFile, type MirroredArchive, packDirectory } from "./mirror-archive.ts";
import { ensureTools } from "./toolchain.ts";
import { run, type Work } from "./work.ts";

/**
 * A release of JRuby's series 9.4 as an archive in the layout in which the JRuby project publishes it,
 * made from the gem `jruby-jars`, which has the same files in two jars.
 *
 * @throws Unavailable where the gem cannot be had.
 */
export async function mirrorJruby(work: Work, version: string): Promise<MirroredArchive> {
  const file = `jruby-dist-${version}-bin.tar.gz`;
  const directory = await cached(work, `jruby-${version}`, { recipe }, async (place) => {
    const title = `Making \`${file}\` from the gem \`jruby-jars\``;
    await work.section.timed(title, async () => {
      const scratch = join(place, "scratch");
      const tree = await makeTree(work, version, scratch);
      await packDirectory(work, tree, join(place, file), [`--mtime=@${imageTime}`]);
      await removeTree(scratch);
    });
  });
  const path = join(directory, file);
  return { path, sha256: await hashFile(path) };
}

/** To be changed with what `makeTree` does, so that older archives are made anew. */
const recipe = 1;

async function makeTree(work: Work, version: string, scratch: string): Promise<string> {
  await ensureTools(work, ["unzip"]);
  const tree = join(scratch, `jruby-${version}`);
  const gem = join(scratch, "gem");
  await mkdir(gem, { recursive: true });
  await fetchGems(work, [{ name: "jruby-jars", version }], scratch);
  await run(work, "tar", ["-xf", join(scratch, `jruby-jars-${version}.gem`), "-C", gem]);
  await run(work, "tar", ["-xf", join(gem, "data.tar.gz"), "-C", gem]);
  const core = join(gem, `lib/jruby-core-${version}-complete.jar`);
  const home = "META-INF/jruby.home";
  await unzip(work, join(gem, `lib/jruby-stdlib-${version}.jar`), `${home}/*`, gem);
  await rename(join(gem, home), tree);
  await unzip(work, core, "jni/*", join(tree, "lib"));
  await rename(core, join(tree, "lib/jruby.jar"));
  // They list directories, for a JRuby that runs from within a jar.
  const listings = { cwd: tree, dot: true, absolute: true };
  for (const path of await glob("**/.jrubydir", listings)) await removeTree(path);
  const settings = Object.entries(launcherSettings(version));
  for (const [name, lines] of settings) await writeFile(join(tree, "bin", name), lines.join("\n"));
  return tree;
}

async function unzip(work: Work, jar: string, pattern: string, directory: string): Promise<void> {
  await run(work, "unzip", ["-q", "-o", jar, pattern, "-d", directory], { env: { TZ: "UTC" } });
}

/** What stands beside the launcher in a published archive, and what it reads from there. */
function launcherSettings(version: string): Record<string, string[]> {
  const opened = [
    "java.base/java.io",
    "java.base/java.nio.channels",
    "java.base/sun.nio.ch",
    "java.management/sun.management",
  ];
  return {
    ".jruby.release": [
      "JRUBY_MAIN=org.jruby.Main",
      `JRUBY_VERSION=${version}`,
      "JRUBY_MINIMUM_JAVA_VERSION=8",
      "",
    ],
    ".jruby.java_opts": [""],
    ".jruby.module_opts": [...opened.map((each) => `--add-opens ${each}=org.jruby.dist`), ""],
    ".dev_mode.java_opts": [
      "-XX:TieredStopAtLevel=1",
      "-Djruby.compile.mode=OFF",
      "-Djruby.compile.invokedynamic=false",
      "",
    ],
  };
}
