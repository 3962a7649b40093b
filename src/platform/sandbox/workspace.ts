/** The directory of the app in builds and images that name no other. */
export const defaultWorkspace = "/workspace";

/**
 * Whether an app can be in `/<name>`: a plain name that is not a directory of the specification or of
 * the usual root file systems.
 */
export function isWorkspaceName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !taken.has(name);
}

/** Whether a path is one that `isWorkspaceName` allows. */
export function isWorkspace(path: string): boolean {
  return path.startsWith("/") && isWorkspaceName(path.slice(1));
}

const taken: ReadonlySet<string> = new Set([
  ...["cnb", "layers", "platform", "dev", "proc", "sys", "tmp", "home", "root", "run", "var"],
  ...[
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "usr",
    "opt",
    "etc",
    "boot",
    "mnt",
    "media",
  ],
  ...["srv", "nix", "gnu"],
]);
