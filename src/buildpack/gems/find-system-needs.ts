import { basename, join } from "node:path";
import glob from "fast-glob";
import pMap from "p-map";
import type { SystemNeed } from "../../failure.ts";
import { type ElfNeeds, readElfNeeds } from "../../system/elf/elf-needs.ts";
import type { Target } from "../../cnb/target.ts";
import {
  isOfEverySystem,
  neededAtRunTime,
  packageName,
  packageOfLibrary,
} from "../../ruby/system-libraries.ts";
import { packagesWith } from "../../system/debian-packages.ts";
import { loaderDirectories } from "../../system/elf/loader-path.ts";
import { findFile, searchPath } from "../../system/search-path.ts";

/** A library or program of the system that gems need. */
export interface SystemWant extends SystemNeed {
  /** Whether the build image has it. */
  present: boolean;
}

export interface SystemNeedsRequest {
  /** The layers of the gems and of Ruby. */
  gems: string;
  ruby: string;
  target: Target;
  /** The build's environment, which says where libraries and programs are. */
  env: Readonly<Record<string, string | undefined>>;
  /** The root directory of the build's file system. */
  root?: string;
}

/**
 * What gems need from the system, sorted by name: libraries that their extensions are linked to, and what
 * well-known gems load when they run. Leaves out what gems or Ruby contain, and what Ruby needs anyway.
 */
export async function findSystemNeeds(request: SystemNeedsRequest): Promise<SystemWant[]> {
  return await lookFor(await wantedByGems(request), request);
}

/**
 * Which of these libraries and programs a root file system has, and their packages.
 *
 * @param ownersOf the packages of files. dpkg's lists are exact; without them, well-known ones are named.
 */
export async function lookFor(
  wanted: readonly Wanted[],
  request: Pick<SystemNeedsRequest, "target" | "env" | "root">,
  ownersOf: typeof packagesWith = packagesWith,
): Promise<SystemWant[]> {
  const programs = searchPath(request.env["PATH"]);
  const search = [...(await loaderDirectories(request.env, request.root)), ...programs];
  const found = await Promise.all(
    wanted.map(async ({ names }) => {
      const paths = await Promise.all(names.map((name) => findFile(name, search)));
      return paths.find((path) => path !== undefined);
    }),
  );
  const paths = found.filter((path) => path !== undefined);
  const owners = await ownersOf(paths, request.root);
  return wanted.map((want, index) => {
    const path = found[index];
    const known = (path && owners.get(path)) ?? usualPackage(want, request.target);
    const gems = [...want.gems].sort();
    return { names: want.names, gems, package: known, present: path !== undefined };
  });
}

/** A library or program, by its possible names, and the gems that need it. */
export interface Wanted {
  names: readonly string[];
  gems: Set<string>;
}

async function wantedByGems({ gems, ruby, target }: SystemNeedsRequest): Promise<Wanted[]> {
  const wanted = new Map<string, Wanted>();
  for (const [library, users] of await linkedLibraries(gems, libraryFiles, target.arch)) {
    if (!isOfEverySystem(library)) wanted.set(library, { names: [library], gems: users });
  }
  if (wanted.size > 0) {
    // Wherever Ruby runs, the libraries that it is linked to are present.
    for (const library of (await linkedLibraries(ruby, rubyFiles, target.arch)).keys()) {
      wanted.delete(library);
    }
  }
  for (const gem of await gemsIn(gems)) {
    const { names } = neededAtRunTime(gem) ?? { names: [] };
    const [first] = names;
    if (first === undefined) continue;
    const users = wanted.get(first)?.gems ?? new Set();
    wanted.set(first, { names, gems: users.add(gem) });
  }
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, want]) => want);
}

const libraryFiles = [
  "{gems,bundler/gems}/*/{lib,ports,vendor}/**/*.so*",
  "{,bundler/gems/}extensions/**/*.so*",
];
const rubyFiles = ["bin/ruby", "lib/*.so*", "lib/ruby/**/*.so"];

/** The libraries that files in a directory are linked to but that are not in it, with their gems. */
async function linkedLibraries(
  directory: string,
  patterns: string[],
  arch: string,
): Promise<Map<string, Set<string>>> {
  const options = { cwd: directory, dot: true, followSymbolicLinks: false, onlyFiles: false };
  const files = await glob(patterns, options);
  const brought = new Set(files.map((file) => basename(file)));
  const found = new Map<string, Set<string>>();
  for (const [file, needs] of await readNeeds(directory, files)) {
    // Gems may contain libraries for other machines.
    if (needs?.architecture !== arch) continue;
    for (const name of needs.needed) {
      // Ruby's own library is in its layer; its name depends on how Ruby was compiled.
      if (brought.has(name) || name.startsWith("libruby")) continue;
      found.set(name, (found.get(name) ?? new Set()).add(gemOf(file)));
    }
  }
  return found;
}

/** What each file in a directory needs, in the same order; `undefined` for a file that is no ELF file or cannot be read. */
async function readNeeds(
  directory: string,
  files: readonly string[],
): Promise<[file: string, needs: ElfNeeds | undefined][]> {
  const needsOf = async (file: string): Promise<[string, ElfNeeds | undefined]> => {
    return [file, await readElfNeeds(join(directory, file)).catch(() => undefined)];
  };
  return await pMap(files, needsOf, { concurrency: filesAtOnce });
}

// Every rebuild reads about 130 files. Few at a time, because a hostile file can make us reserve much memory.
const filesAtOnce = 8;

// `gems/pg-1.6.2/lib/pg_ext.so`, `extensions/x86_64-linux/3.3.0/pg-1.6.2/pg_ext.so`
function gemOf(file: string): string {
  const parts = file.replace(/^bundler\/(gems\/(?=extensions\/))?/, "").split("/");
  return withoutVersion((parts[0] === "extensions" ? parts[3] : parts[1]) ?? "");
}

async function gemsIn(gemsDir: string): Promise<string[]> {
  const options = { cwd: gemsDir, onlyDirectories: true };
  const paths = await glob(["gems/*", "bundler/gems/*"], options);
  return [...new Set(paths.map((path) => withoutVersion(basename(path))))];
}

// `-1.6.2`, `-1.18.9-x86_64-linux-gnu`, or the commit of a gem from git.
function withoutVersion(name: string): string {
  return name.replace(/-(\d[^-]*(-[a-z0-9_]+)*|[0-9a-f]{12})$/, "");
}

function usualPackage({ names, gems }: Wanted, { distro }: Target): string | undefined {
  const [first = ""] = names;
  const needs = [...gems].map((gem) => neededAtRunTime(gem));
  const known =
    needs.find((need) => need?.names.includes(first))?.package ?? packageOfLibrary(first);
  return known && packageName(known, distro);
}
