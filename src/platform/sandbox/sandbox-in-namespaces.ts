import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { type Command, runCommand } from "../../system/command.ts";
import { isDirectory, statIfAny } from "../../system/files.ts";
import { runInForeground } from "../../system/foreground.ts";
import { inNamespaces, type Namespaces } from "../../system/namespaces.ts";
import { copyFollowingLinks, discardTree } from "../../system/tree.ts";
import { platformArchive } from "./platform-files.ts";
import { type Placed, planRootView } from "./root-view.ts";
import type { PreparedSandbox, Sandbox } from "./sandbox.ts";
import { defaultWorkspace } from "./workspace.ts";

const specified = {
  app: defaultWorkspace,
  layers: "/layers",
  platform: "/platform",
  buildpacks: "/cnb/buildpacks",
  home: "/home/cnb",
};

type Attempt = { state: "open"; sandbox: Sandbox } | { state: "refused"; problem: string };

/** Opens a sandbox in namespaces, or returns the kernel's reason for refusing them. */
export async function openNamespacedSandbox(options: PreparedSandbox): Promise<Attempt> {
  if (process.platform !== "linux") return { state: "refused", problem: "this is not Linux" };
  const namespaces: Namespaces = {
    newRoot: join(await realpath(options.scratch), "root"),
    steps: await planRootView(options.root, await placedInside(options), shownOf(options)),
    uid: options.uid,
    gid: options.gid,
    callerIsRoot: options.callerIsRoot,
    ...(options.host.platform === undefined ? { unpackAt: insideOf(options).platform } : {}),
    network: (options.network ?? "host") === "host",
  };
  const probe = { file: "/usr/bin/env", args: [], cwd: insideOf(options).app, env: {} };
  const result = await runCommand(inNamespaces(namespaces, probe));
  if (result.exitCode !== 0) return { state: "refused", problem: firstLine(result.stderr) };
  return { state: "open", sandbox: createSandbox(options, namespaces) };
}

function createSandbox(options: PreparedSandbox, namespaces: Namespaces): Sandbox {
  const { signal, host, uid, gid, scratch, callerIsRoot } = options;
  const ids = { uid, gid };
  let files: Buffer | undefined;
  const wrap = (command: Command): Command =>
    inNamespaces(namespaces, { ...(signal ? { signal } : {}), ...command });
  return {
    inside: insideOf(options),
    host,
    ids,
    // In a user namespace, files of the caller belong to the user inside.
    owner: callerIsRoot && uid !== 0 ? ids : undefined,
    fillPlatform: async (given) => {
      // In a user namespace, the ids of the caller are those of root.
      files = platformArchive(given, callerIsRoot ? ids : { uid: 0, gid: 0 });
    },
    run: async (command) => await runCommand(wrap({ ...command, ...(files && { input: files }) })),
    // The command is a grandchild: its parent is the shell that runs as process 1 inside.
    attach: async (command) => await runInForeground(wrap(command), 2),
    describe: () => description(options),
    close: async () => await discardTree(scratch),
  };
}

function description({ root, uid, gid, network }: PreparedSandbox): string {
  const files = root === "/" ? "this machine's programs" : `\`${root}\``;
  const parts = [`in a sandbox with ${files}, read-only, as user ${uid}:${gid}`];
  if ((network ?? "host") !== "host") parts.push("without network");
  return parts.join("; ");
}

/** The parts of this machine that a builder image has too: no homes, no data, no sockets of services. */
const programs = [
  ...["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/opt", "/etc", "/sys"],
  // The programs of some other distributions.
  ...["/nix", "/gnu"],
  // The databases of package managers, which tell which package a library comes from.
  ...["/var/lib/dpkg", "/var/lib/rpm", "/var/lib/alternatives", "/var/lib/ca-certificates"],
  "/var/cache/fontconfig",
];

function shownOf({ root, view }: PreparedSandbox): readonly string[] | undefined {
  return root === "/" && view !== "everything" ? programs : undefined;
}

function insideOf(options: PreparedSandbox): Sandbox["inside"] {
  const { inside, workspace } = options;
  return { ...specified, ...inside, ...(workspace === undefined ? {} : { app: workspace }) };
}

async function placedInside(options: PreparedSandbox): Promise<Placed[]> {
  const { host, scratch, root } = options;
  const inside = insideOf(options);
  const separate = (["layers", "platform"] as const).flatMap((name) => {
    const path = host[name];
    const isSeparate = path !== undefined && !path.startsWith(`${host.app}/`);
    return isSeparate ? [{ host: path, inside: inside[name], ...own }] : [];
  });
  return [
    { host: host.app, inside: inside.app, ...own },
    ...separate,
    { host: join(scratch, "home"), inside: inside.home, ...own },
    { host: join(scratch, "tmp"), inside: "/tmp", ...own },
    { host: join(scratch, "var-tmp"), inside: "/var/tmp", ...own },
    { host: "/sys", inside: "/sys", writable: false },
    ...options.buildpacks.map((one) => ({ ...one, writable: false })),
    ...(root === "/" ? await filesBehindLinks(options) : await networkFiles(scratch)),
    ...(options.shown ?? []).map((path) => ({ host: path, inside: path, writable: false })),
    ...options.binds,
  ];
}

const own = { writable: true, own: true };

/** The targets of links in `/etc` that are not visible otherwise. Host names would not resolve without them. */
async function filesBehindLinks(options: PreparedSandbox): Promise<Placed[]> {
  const shown = shownOf(options);
  if (!shown) return [];
  const placed: Placed[] = [];
  for (const path of ["/etc/resolv.conf", "/etc/hosts", "/etc/localtime"]) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || shown.some((one) => real.startsWith(`${one}/`))) continue;
    placed.push({ host: real, inside: real, writable: false });
  }
  return placed;
}

/** The files of this machine that a bare root file system needs for host names and TLS. */
async function networkFiles(scratch: string): Promise<Placed[]> {
  const placed: Placed[] = [];
  const certificates = "/etc/ssl/certs";
  if (await isDirectory(certificates)) {
    // Most certificates are links to other directories, which would be dead in a mount.
    const copy = join(scratch, "certificates");
    // Links that are dead on this machine too are omitted.
    await copyFollowingLinks(await realpath(certificates), copy).catch(() => undefined);
    placed.push({ host: copy, inside: certificates, writable: false });
  }
  for (const path of ["/etc/resolv.conf", "/etc/hosts"]) {
    if (!(await statIfAny(path))?.isFile()) continue;
    placed.push({ host: await realpath(path), inside: path, writable: false });
  }
  return placed;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
