import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny, statIfAny } from "../../system/files.ts";
import { lookInside, makeDirectoryInside, writeInside } from "../../system/inside/open-inside.ts";
import { kernelDirectories, type MountStep } from "../../system/namespaces.ts";

/** A file or directory at a path inside, which replaces that of the root file system. */
export interface Placed {
  host: string;
  inside: string;
  writable: boolean;
  /** Whether the directory is one of ours, in which missing mount points may be made. */
  own?: boolean;
}

/**
 * The steps that make `root` visible read-only, with `placed` put into it, without writing to `root`: each
 * entry of `root` is mounted into an empty directory. If a directory lacks the mount point for something
 * placed below it, its entries are mounted one by one.
 *
 * @throws BuildpackError `system/link-not-followed` if the mount point of something placed in one of our own
 *   directories would be behind a link.
 * @param shown - the only paths of `root` that are visible, with everything below them; the default is all.
 */
export async function planRootView(
  root: string,
  placed: readonly Placed[],
  shown?: readonly string[],
): Promise<MountStep[]> {
  const byPath = new Map(placed.map((one) => [one.inside, one]));
  return await furnish({ root, placed: byPath, shown }, "/");
}

interface View {
  root: string;
  placed: ReadonlyMap<string, Placed>;
  shown: readonly string[] | undefined;
}

async function furnish(view: View, directory: string): Promise<MountStep[]> {
  const below = namesPlacedBelow(view, directory);
  const present = await readdir(join(view.root, directory)).catch(() => []);
  const names = [...new Set([...present, ...below])].sort();
  const steps: MountStep[] = [];
  for (const name of names) steps.push(...(await furnishEntry(view, join(directory, name))));
  return steps;
}

async function furnishEntry(view: View, path: string): Promise<MountStep[]> {
  if (kernelDirectories.includes(path)) return [];
  const placed = view.placed.get(path);
  const inner = [...view.placed.values()].filter((one) => one.inside.startsWith(`${path}/`));
  if (placed) {
    const within = placed.own ? outermost(inner) : [];
    await makeMountPoints(placed, within);
    const exposed = within.map((one): MountStep => ({ ...mountOf(one), exposed: true }));
    return [await mountPointFor(placed), mountOf(placed), ...exposed];
  }
  if (!isShown(view, path)) {
    const leadsOn = inner.length > 0 || view.shown?.some((one) => one.startsWith(`${path}/`));
    return leadsOn ? [{ make: "directory", path }, ...(await furnish(view, path))] : [];
  }
  if (inner.length === 0) return await showEntry(view, path);
  if (await everyMountPointStands(view, path, inner)) {
    return [...(await showEntry(view, path)), ...inner.map(mountOf)];
  }
  return [{ make: "directory", path }, ...(await furnish(view, path))];
}

/** Without those that are inside another one: no mount point can be made in its content. */
function outermost(all: readonly Placed[]): Placed[] {
  return all.filter((one) => !all.some((other) => one.inside.startsWith(`${other.inside}/`)));
}

/** Follows no link that the app has put there. */
async function makeMountPoints({ host, inside }: Placed, inner: readonly Placed[]): Promise<void> {
  for (const one of inner) {
    const names = one.inside.slice(inside.length + 1).split("/");
    const paths = names.map((_, index) => names.slice(0, index + 1).join("/"));
    const isDirectory = (await statIfAny(one.host))?.isDirectory() ?? true;
    for (const path of isDirectory ? paths : paths.slice(0, -1)) {
      await makeDirectoryInside(host, path);
    }
    const file = paths.at(-1) ?? "";
    if (!isDirectory && !(await lookInside(host, file))) await writeInside(host, file, "");
  }
}

function isShown({ shown }: View, path: string): boolean {
  return shown === undefined || shown.some((one) => path === one || path.startsWith(`${one}/`));
}

async function showEntry(view: View, path: string): Promise<MountStep[]> {
  const source = join(view.root, path);
  const entry = await lstatIfAny(source);
  if (!entry) return [];
  if (entry.isSymbolicLink()) return [{ make: "link", path, target: await readlink(source) }];
  const point: MountStep = { make: entry.isDirectory() ? "directory" : "file", path };
  return [point, { make: "mount", source, path, writable: false, optional: true }];
}

async function mountPointFor({ host, inside }: Placed): Promise<MountStep> {
  const isDirectory = (await statIfAny(host))?.isDirectory() ?? true;
  return { make: isDirectory ? "directory" : "file", path: inside };
}

function mountOf({ host, inside, writable }: Placed): MountStep & { make: "mount" } {
  return { make: "mount", source: host, path: inside, writable, optional: false };
}

/** A mount would follow a link in its path, so only plain directories count. */
async function everyMountPointStands(view: View, path: string, inner: Placed[]): Promise<boolean> {
  for (const one of inner) {
    const wantsDirectory = (await statIfAny(one.host))?.isDirectory() ?? true;
    const names = one.inside.slice(path.length + 1).split("/");
    for (let depth = 0; depth <= names.length; depth += 1) {
      const entry = await lstatIfAny(join(view.root, path, ...names.slice(0, depth)));
      const kindWanted = depth < names.length || wantsDirectory ? "isDirectory" : "isFile";
      if (!entry?.[kindWanted]()) return false;
    }
  }
  return true;
}

function namesPlacedBelow(view: View, directory: string): string[] {
  const prefix = directory === "/" ? "/" : `${directory}/`;
  return [...view.placed.keys()]
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).split("/")[0] ?? "");
}
