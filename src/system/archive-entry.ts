import { posix } from "node:path";

/** As much of a tar entry as decides whether it may be unpacked. */
export interface ArchiveEntry {
  path: string;
  type: string;
  linkpath?: string | undefined;
}

/** Why an entry must not be unpacked, `undefined` where it may be. */
export type JudgeEntry = (entry: ArchiveEntry) => string | undefined;

/**
 * Judges the entries of one archive, in their order, that are unpacked into an empty directory: by
 * their names and the links that came before them, nothing ends up outside of it. An unpacker then
 * need not look at each directory on the way to each file.
 */
export function createEntryJudge(stripComponents: number): JudgeEntry {
  const links = new Map<string, string>();
  return (entry) => {
    const problem = problemOfName(entry, stripComponents);
    if (problem !== undefined) return problem;
    const path = placeOf(entry.path, stripComponents);
    const through = problemOfPlace(path, links);
    if (through !== undefined) return through;
    const target = symbolicTarget(entry, stripComponents, links);
    if (target === undefined) return undefined;
    links.set(path, target);
    return symlinkLeadsOut(path, target)
      ? "is a symbolic link that leads out of the archive"
      : undefined;
  };
}

function problemOfName(
  { path, type, linkpath = "" }: ArchiveEntry,
  stripComponents: number,
): string | undefined {
  if (leadsOut(path, stripComponents)) return "leads out of the archive";
  if (type === "Link" && leadsOut(linkpath, stripComponents)) {
    return "is a hard link that leads out of the archive";
  }
  return knownTypes.has(type) ? undefined : `is of a kind that does not belong here (${type})`;
}

const knownTypes: ReadonlySet<string> = new Set([
  ...["File", "OldFile", "ContiguousFile", "Directory", "GNUDumpDir", "Link", "SymbolicLink"],
]);

/** What is written to or below a link ends up where the names do not show. */
function problemOfPlace(path: string, links: ReadonlyMap<string, string>): string | undefined {
  if (links.size === 0) return undefined;
  const segments = path.split("/");
  for (let length = 1; length <= segments.length; length += 1) {
    const link = segments.slice(0, length).join("/");
    if (links.has(link)) return `is written through the link \`${link}\``;
  }
  return undefined;
}

/** The target of a symbolic link, and of a hard link to one, which is a symbolic link elsewhere. */
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

/** Also of `top//etc`, which becomes absolute once the first component is dropped. */
function leadsOut(path: string, stripComponents: number): boolean {
  const stripped = withoutFirst(path, stripComponents);
  return path.startsWith("/") || stripped.startsWith("/") || path.split("/").includes("..");
}

/** Drops components as the unpacker does: between two slashes there is one, too, which is empty. */
function withoutFirst(path: string, components: number): string {
  return path.split("/").slice(components).join("/");
}

/**
 * Climbing is allowed at the target's start only: after a name, which may itself be a link, `..` leads
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
