import { execa } from "execa";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureTools, type Tool } from "../../../scripts/debian/toolchain.ts";
import { withWork } from "../../../scripts/work.ts";
import { freePort } from "../servers/free-port.ts";

/** Sees to it that programs which read images are there. */
export async function ensureImageTools(...tools: Tool[]): Promise<void> {
  await withWork("Image tools", async (work) => await ensureTools(work, tools));
}

/** What skopeo reads in an image, such as `oci:DIR:TAG`. */
export async function inspectConfig(image: string): Promise<ImageConfig> {
  const { stdout } = await execa("skopeo", ["inspect", "--config", image]);
  return JSON.parse(stdout) as ImageConfig;
}

export interface ImageConfig {
  config: { Labels: Record<string, string>; Entrypoint: string[]; Env: string[]; User: string };
  rootfs: { diff_ids: string[] };
}

/** Copies an image from one kind of place to another, which reads and checks every blob. */
export async function copyImage(from: string, to: string): Promise<void> {
  await execa("skopeo", ["copy", "--quiet", "--src-tls-verify=false", from, to]);
}

/** Unpacks an image of a layout as a container's root file system. */
export async function unpackImage(layout: string, tag: string, into: string): Promise<string> {
  await execa("umoci", ["unpack", "--image", `${layout}:${tag}`, into]);
  return join(into, "rootfs");
}

export interface RunningImage extends AsyncDisposable {
  get(path: string): Promise<{ status: number; body: string }>;
  log(): string;
}

/** Runs what an image starts with in its unpacked root, as an engine would, and waits until it answers. */
export async function runUnpacked(rootfs: string, { config }: ImageConfig): Promise<RunningImage> {
  const port = await freePort();
  for (const name of ["dev", "proc"]) await mkdir(join(rootfs, name), { recursive: true });
  const mounts = `mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && shift`;
  const start = 'cd "$CNB_APP_DIR" && exec "$@"';
  const inside = ["sh", "-c", start, "sh", ...config.Entrypoint];
  const chroot = ["chroot", `--userspec=${config.User}`, rootfs, ...inside];
  const env = [...config.Env, `PORT=${port}`];
  const child = execa(
    "unshare",
    [
      ...["--mount", "--pid", "--fork", "--kill-child"],
      ...["sh", "-c", `${mounts} && env -i "$@"; exit $?`, "sh", rootfs, ...env, ...chroot],
    ],
    { all: true, reject: false },
  );
  let log = "";
  let ended = false;
  void child.then(() => (ended = true));
  child.all.on("data", (chunk) => (log += String(chunk)));
  const stop = async () => {
    // `unshare` ignores SIGTERM while it waits. With it ends the shell, and with that the namespace.
    child.kill("SIGKILL");
    await child;
  };
  try {
    await answers(
      port,
      () => ended,
      () => log,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get: async (path) => await request(port, path),
    log: () => log,
    [Symbol.asyncDispose]: stop,
  };
}

async function answers(port: number, ended: () => boolean, log: () => string) {
  for (let tries = 0; tries < 600; tries++) {
    if (ended()) throw new Error(`the image's process ended:\n${log()}`);
    if (await request(port, "/").catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the image does not answer:\n${log()}`);
}

/** Requests a path on loopback. */
export async function request(
  port: number,
  path: string,
): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}
