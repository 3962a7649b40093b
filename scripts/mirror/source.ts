import { access, mkdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../cache.ts";
import { fetchDebianSource } from "../debian/source.ts";
import { fetchGems } from "../fetch-gems.ts";
import { hashFile, type MirroredArchive, packDirectory } from "./archive.ts";
import { ensureTools } from "../debian/toolchain.ts";
import { run, type Work } from "../work.ts";

/**
 * A release of `ruby` or `jemalloc` as a source archive like upstream's, made from Debian's source
 * package.
 *
 * @throws Unavailable if Debian does not have the version.
 */
export async function mirrorSource(
  work: Work,
  name: "ruby" | "jemalloc",
  version: string,
): Promise<MirroredArchive> {
  const file = `${name}-${version}.tar.${name === "ruby" ? "gz" : "bz2"}`;
  const directory = await cached(work, `source-${name}-${version}`, { recipe }, async (place) => {
    const title = `Making \`${file}\` from Debian's source package`;
    await work.section.timed(title, async () => await makeSource(work, name, version, place, file));
  });
  const path = join(directory, file);
  return { path, sha256: await hashFile(path) };
}

/** Increase this when `makeSource` changes the result, so that older archives are made again. */
const recipe = 1;

async function makeSource(
  work: Work,
  name: "ruby" | "jemalloc",
  version: string,
  place: string,
  file: string,
): Promise<void> {
  await ensureTools(work, name === "ruby" ? ["ruby", "xz"] : ["bzip2"]);
  const scratch = join(place, "scratch");
  const tree = join(scratch, `${name}-${version}`);
  await mkdir(tree, { recursive: true });
  const debianName = name === "ruby" ? `ruby${version.split(".", 2).join(".")}` : name;
  const original = await fetchDebianSource(work, debianName, version, scratch);
  await run(work, "tar", ["-xf", original, "-C", tree, "--strip-components=1"]);
  if (name === "ruby") await addBundledGems(work, tree);
  const published = name === "jemalloc" && !(await addConfigure(work, tree, version, original));
  if (published && original.endsWith(".bz2")) await rename(original, join(place, file));
  else await packDirectory(work, tree, join(place, file));
  await run(work, "rm", ["-rf", scratch]);
}

/** Debian has separate packages for Ruby's bundled gems and leaves them out of its source; upstream does not. */
async function addBundledGems(work: Work, tree: string): Promise<void> {
  const list = join(tree, "gems/bundled_gems");
  const lines = (await readFile(list, "utf8")).split("\n");
  const gems = lines.map((line) => line.split(/\s+/)).filter(([name]) => name && name !== "#");
  const wanted = gems.map(([name = "", version = ""]) => ({ name, version }));
  await fetchGems(work, wanted, join(tree, "gems"));
  const added = gems.map(([name, version]) => join(tree, `gems/${name}-${version}.gem`));
  await datedAs(list, [...added, join(tree, "gems")]);
}

/**
 * Some of Debian's archives are snapshots of the repository, without the output of `autoconf`.
 *
 * @returns whether something was added.
 */
async function addConfigure(work: Work, tree: string, version: string, original: string) {
  const made = join(tree, "configure");
  if (await exists(made)) return false;
  await ensureTools(work, ["autoconf"]);
  const { stdout } = await run(work, "tar", ["-tf", original]);
  const commit = /-([0-9a-f]{7,})\/$/m.exec(stdout)?.[1] ?? "0000000";
  await writeFile(join(tree, "VERSION"), `${version}-0-g${commit}\n`);
  await run(work, "autoconf", [], { cwd: tree });
  await run(work, "rm", ["-rf", join(tree, "autom4te.cache")]);
  await datedAs(join(tree, "configure.ac"), [join(tree, "VERSION"), made, tree]);
  return true;
}

/** Gives files the time of another file: with the current time, every archive would be different. */
async function datedAs(model: string, paths: readonly string[]): Promise<void> {
  const { mtime } = await stat(model);
  for (const path of paths) await utimes(path, mtime, mtime);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
