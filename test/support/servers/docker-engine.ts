import { execa } from "execa";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { request, type RunningImage } from "../images/image-tools.ts";

/** A Docker engine of a test's own, whose images and containers are gone with it. */
export interface DockerEngine extends AsyncDisposable {
  /** The value of `DOCKER_HOST` that leads to it. */
  host: string;
  docker(...args: string[]): Promise<string>;
  /** Runs an image on the host's network and waits until it answers. */
  run(image: string, options?: readonly string[]): Promise<RunningImage>;
}

export async function startDocker(place: string): Promise<DockerEngine> {
  await mkdir(place, { recursive: true });
  const host = `unix://${join(place, "docker.sock")}`;
  const directories = ["data-root", "exec-root"].map((name) => `--${name}=${join(place, name)}`);
  const files = [`--host=${host}`, `--pidfile=${join(place, "docker.pid")}`, ...directories];
  const daemon = execa("dockerd", [...files, "--bridge=none", "--iptables=false"], {
    all: true,
    reject: false,
  });
  let log = "";
  let ended = false;
  daemon.all.on("data", (chunk) => (log += String(chunk)));
  void daemon.then(() => (ended = true));
  const docker = async (...args: string[]) =>
    (await execa("docker", ["--host", host, ...args])).stdout;
  const stop = async () => {
    daemon.kill("SIGTERM");
    await daemon;
    await execa("sh", ["-c", removeWithMounts, place], { reject: false });
  };
  try {
    await listens(
      docker,
      () => ended,
      () => log,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    docker,
    run: async (image, options = []) => await runContainer(docker, image, options),
    [Symbol.asyncDispose]: stop,
  };
}

/** An engine leaves mounts behind, of namespaces for one. */
const removeWithMounts = `
cut -d' ' -f2 /proc/mounts | grep "^$0/" | sort -r | while read -r path; do umount -l "$path"; done
rm -rf -- "$0"`;

async function listens(docker: DockerEngine["docker"], ended: () => boolean, log: () => string) {
  for (let tries = 0; tries < 300; tries++) {
    if (ended()) throw new Error(`dockerd ended:\n${log()}`);
    if (await docker("info").catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`dockerd does not answer:\n${log()}`);
}

async function runContainer(
  docker: DockerEngine["docker"],
  image: string,
  options: readonly string[],
): Promise<RunningImage> {
  const port = await freePort();
  const shared = ["--network=host", `--env=PORT=${port}`];
  const id = await docker("run", "--detach", ...shared, ...options, image);
  const logs = async () => await docker("logs", id).catch((error: unknown) => String(error));
  const stop = async () => void (await docker("rm", "--force", id));
  for (let tries = 0; tries < 600; tries++) {
    const answer = await request(port, "/up").catch(() => undefined);
    if (answer) {
      return {
        get: async (path) => await request(port, path),
        log: () => "",
        [Symbol.asyncDispose]: stop,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const said = await logs();
  await stop();
  throw new Error(`the container does not answer:\n${said}`);
}
