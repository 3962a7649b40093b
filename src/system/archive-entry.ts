import { posix } from "node:path";

/** As much of a tar entry as decides whether it may be unpacked. */
export interface ArchiveEntry {
  path: string;
  type: string;
  linkpath?: string | undefined;
}

/**
 * Why an entry must not be unpacked below a directory, `undefined` where it may be. Judged by its
 * names alone; the unpacker refuses, besides, to write through a link.
 */
export function problemOfEntry(entry: ArchiveEntry, stripComponents: number): string | undefined {
  const path = stripped(entry.path, stripComponents);
  if (leadsOut(entry.path)) return "leads out of the archive";
  switch (entry.type) {
    case "File":
    case "OldFile":
    case "ContiguousFile":
    case "Directory":
    case "GNUDumpDir":
      return undefined;
    case "Link":
      return leadsOut(entry.linkpath ?? "")
        ? "is a hard link that leads out of the archive"
        : undefined;
    case "SymbolicLink":
      return symlinkLeadsOut(path, entry.linkpath ?? "")
        ? "is a symbolic link that leads out of the archive"
        : undefined;
    default:
      return `is of a kind that does not belong here (${entry.type})`;
  }
}

function stripped(path: string, components: number): string {
  return path.split("/").slice(components).join("/");
}

function leadsOut(path: string): boolean {
  return path.startsWith("/") || path.split("/").includes("..");
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
  const directory = posix.normalize(posix.dirname(path));
  const depth = directory === "." ? 0 : directory.split("/").length;
  return climbs > depth;
}
