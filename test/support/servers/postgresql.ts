import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import glob from "fast-glob";
import { ensureTools } from "../../../scripts/debian/toolchain.ts";
import { withWork } from "../../../scripts/work.ts";
import { runCommand } from "../../../src/system/command.ts";
import { removeTree } from "../../../src/system/files.ts";
import { freePort } from "./free-port.ts";

/** A real PostgreSQL server on loopback, which is gone when the test ends. */
export interface PostgreSql extends AsyncDisposable {
  url: string;
}

/** Starts the machine's own PostgreSQL, installing it where it is missing and may be installed. */
export async function startPostgreSql(): Promise<PostgreSql> {
  await withWork("PostgreSQL", (work) => ensureTools(work, ["initdb"]));
  const [programs = ""] = await glob("/usr/lib/postgresql/*/bin", { onlyDirectories: true });
  const directory = await mkdtemp(join(tmpdir(), "lapidary-postgresql-"));
  // The server refuses to run as root, and its own user must get at the directory.
  await chmod(directory, 0o777);
  const data = join(directory, "data");
  const port = await freePort();
  await run(join(programs, "initdb"), ["--pgdata", data, "--username", "app", "--auth", "trust"]);
  const listen = ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${directory}`];
  const server = start(join(programs, "postgres"), ["-D", data, "-p", `${port}`, ...listen]);
  const url = `postgres://app@127.0.0.1:${port}/postgres`;
  await waitUntilReady(join(programs, "pg_isready"), url);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await ended;
      await removeTree(directory);
    },
  };
}

function asServerUser(file: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [file, [...args]];
  const user = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"];
  return ["setpriv", [...user, file, ...args]];
}

const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8" };

async function run(file: string, args: readonly string[]): Promise<void> {
  const [program, words] = asServerUser(file, args);
  const { exitCode, lines } = await runCommand({ file: program, args: words, cwd: "/", env });
  if (exitCode !== 0) throw new Error(lines.join("\n"));
}

function start(file: string, args: readonly string[]): ChildProcess {
  const [program, words] = asServerUser(file, args);
  return spawn(program, words, { cwd: "/", env, stdio: "ignore" });
}

async function waitUntilReady(program: string, url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { exitCode } = await runCommand({ file: program, args: ["-d", url], cwd: "/", env });
    if (exitCode === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("PostgreSQL does not answer");
}
