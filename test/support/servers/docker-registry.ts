import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "./free-port.ts";

/** A registry of a test's own, by the distribution project's server, whose images are gone with it. */
export interface DockerRegistry extends AsyncDisposable {
  /** Its host, with the port. */
  host: string;
}

/** @param options - `login`: only `ann` with the password `pass` may use it. */
export async function startDockerRegistry(
  place: string,
  { login = false }: { login?: boolean } = {},
): Promise<DockerRegistry> {
  const [host, storage] = [`127.0.0.1:${await freePort()}`, join(place, "storage")];
  await mkdir(storage, { recursive: true });
  const settings = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: host },
    ...(login ? await loginSettings(place) : {}),
  };
  const config = join(place, "config.yml");
  await writeFile(config, JSON.stringify(settings));
  const server = execa("docker-registry", ["serve", config], { all: true, reject: false });
  let ended = false;
  void server.then(() => (ended = true));
  const stop = async () => {
    server.kill("SIGTERM");
    await server;
  };
  for (let tries = 0; tries < 300; tries++) {
    if (ended) throw new Error(`docker-registry ended:\n${(await server).all}`);
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok || answer?.status === 401) return { host, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error("docker-registry does not answer");
}

async function loginSettings(place: string) {
  const path = join(place, "htpasswd");
  await writeFile(path, `ann:${bcryptOfPass}\n`);
  return { auth: { htpasswd: { realm: "test", path } } };
}

const bcryptOfPass = "$2y$05$abcdefghijklmnopqrstuuZFBUbfXoM8LFiPx8LYlO/sXZB/Cwk3K";
