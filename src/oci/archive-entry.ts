import { posix } from "node:path";

/** The parts of a tar entry that decide whether it may be unpacked. */
export interface ArchiveEntry {
  path: string;
  type: string;
  linkpath?: string | undefined;
}

/** Returns why an entry must not be unpacked, or `undefined` if it may be. */
export type JudgeEntry = (entry: ArchiveEntry) => string | undefined;

export interface JudgeOptions {
  /** How many leading components of each path are dropped. */
  stripComponents: number;
  /** Whether symbolic links may lead out of the archive. They are never written through. */
  links: "inside" | "anywhere";
  /** Whether named pipes may be unpacked. */
  pipes?: boolean;
}

/**
 * Judges the entries of archives that are unpacked one after the other into an empty directory. From
 * the names of the entries and the links that came before them it follows that nothing is written
 * outside of that directory, so an unpacker need not look at the directories on the way to each file.
 */
export function createEntryJudge(options: JudgeOptions): JudgeEntry {
  const { stripComponents, links: may, pipes = false } = options;
  const links = new Map<string, string>();
  return (entry) => {
    const problem = problemOfName(entry, stripComponents, pipes);
    if (problem !== undefined) return problem;
    const path = placeOf(entry.path, stripComponents);
    const through =
      writtenThrough(path, links, may) ?? linkedThrough(entry, stripComponents, links);
    if (through !== undefined) return through;
    const target = symbolicTarget(entry, stripComponents, links);
    links.delete(path);
    if (target === undefined) return undefined;
    links.set(path, target);
    return may === "inside" && symlinkLeadsOut(path, target)
      ? "is a symbolic link that leads out of the archive"
      : undefined;
  };
}

function problemOfName(
  { path, type, linkpath = "" }: ArchiveEntry,
  stripComponents: number,
  pipes: boolean,
): string | undefined {
  if (leadsOut(path, stripComponents)) return "leads out of the archive";
  if (type === "Link" && leadsOut(linkpath, stripComponents)) {
    return "is a hard link that leads out of the archive";
  }
  const isKnown = knownTypes.has(type) || (pipes && type === "FIFO");
  return isKnown ? undefined : `is of a kind that does not belong here (${type})`;
}

const knownTypes: ReadonlySet<string> = new Set([
  ...["File", "OldFile", "ContiguousFile", "Directory", "GNUDumpDir", "Link", "SymbolicLink"],
]);

/** Below a link, a file would be written somewhere that its name does not show. */
function writtenThrough(
  path: string,
  links: ReadonlyMap<string, string>,
  may: JudgeOptions["links"],
): string | undefined {
  // A layer may replace a link of the layer below it.
  const link = linkAbove(may === "anywhere" ? path : `${path}/`, links);
  return link === undefined ? undefined : `is written through the link \`${link}\``;
}

function linkedThrough(
  { type, linkpath = "" }: ArchiveEntry,
  stripComponents: number,
  links: ReadonlyMap<string, string>,
): string | undefined {
  if (type !== "Link") return undefined;
  const link = linkAbove(placeOf(linkpath, stripComponents), links);
  return link === undefined ? undefined : `is a hard link through the link \`${link}\``;
}

/** The first link among the directories that a path is in. */
function linkAbove(path: string, links: ReadonlyMap<string, string>): string | undefined {
  if (links.size === 0) return undefined;
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
    if (links.has(path.slice(0, end))) return path.slice(0, end);
  }
  return undefined;
}

/** The target of a symbolic link, or of a hard link to one, which is a symbolic link as well. */
function symbolicTarget(
  { type, linkpath = "" }: ArchiveEntry,
  stripComponents: number,
  links: ReadonlyMap<string, string>,
): string | undefined {
  if (type === "SymbolicLink") return linkpath;
  return type === "Link" ? links.get(placeOf(linkpath, stripComponents)) : undefined;
}

function placeOf(path: string, stripComponents: number): string {
  return posix.normalize(withoutFirst(path, stripComponents)).replace(/\/$/, "");
}

/** `top//etc` leads out too: it becomes absolute once the first component is dropped. */
function leadsOut(path: string, stripComponents: number): boolean {
  const stripped = withoutFirst(path, stripComponents);
  return path.startsWith("/") || stripped.startsWith("/") || path.split("/").includes("..");
}

/** Drops components as the unpacker does, which counts the empty one between two slashes. */
function withoutFirst(path: string, components: number): string {
  return path.split("/").slice(components).join("/");
}

/**
 * `..` is allowed only at the start of the target. After a name, which may itself be a link, it leads
 * to a place that the text does not show.
 */
function symlinkLeadsOut(path: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  const segments = target.split("/").filter((segment) => segment !== "" && segment !== ".");
  const climbs = segments.filter((segment) => segment === "..").length;
  if (segments.slice(0, climbs).some((segment) => segment !== "..")) {
    return true;
  }
  const directory = posix.dirname(path);
  const depth = directory === "." ? 0 : directory.split("/").length;
  return climbs > depth;
}
