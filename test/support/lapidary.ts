import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { WholeReport } from "../../src/cli/report-file.ts";
import { freePort } from "./servers/free-port.ts";
import { buildUser, runUser, type World } from "./world.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
/** The program that users type. */
export const command = join(checkout, "bin/lapidary");

/** An app of its own for one story: a copy of a sample, and the state of its builds. */
export interface App {
  dir: string;
  state: string;
  /** Where the report of the last build stands. */
  report: string;
}

export async function makeApp(
  parent: string,
  sample: string,
  files: Readonly<Record<string, string>> = {},
): Promise<App> {
  const dir = join(parent, "app");
  await mkdir(parent, { recursive: true });
  await cp(join(checkout, "samples", sample), dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return { dir, state: join(parent, "state"), report: join(parent, "report.json") };
}

export interface BuildRequest {
  app: App;
  world: World;
  env?: Record<string, string>;
  args?: readonly string[];
  /** Words to put before the command, such as `unshare --net`. */
  prefix?: readonly string[];
  /** Called with all output so far, each time that more has come and ten times a second. */
  whileRunning?: (log: string, child: ChildProcess) => void;
}

export interface BuildResult {
  exitCode: number;
  /** Everything that was printed, standard error included, in order. */
  log: string;
  /** What `--report` wrote; absent after a failure. */
  report: WholeReport | undefined;
}

/** Runs `lapidary build` as a user types it, with the real buildpack in real root file systems. */
export async function build(request: BuildRequest): Promise<BuildResult> {
  const { app, world, env = {}, args = [], prefix = [], whileRunning } = request;
  const words = [
    ...prefix,
    command,
    "build",
    app.dir,
    ...["--state", app.state, "--report", app.report],
    ...["--build-root", world.buildRoot, "--run-root", world.runRoot],
    ...["--uid", `${buildUser.uid}`, "--gid", `${buildUser.gid}`],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...args,
  ];
  const { exitCode, log } = await runToEnd(words, whileRunning);
  const report = exitCode === 0 ? await readReport(app) : undefined;
  return { exitCode, log, report };
}

/** A built app that is running. */
export interface Served extends AsyncDisposable {
  /** Requests a path over IPv4 and IPv6 and answers with both bodies. */
  get(path: string): Promise<{ v4: Answer; v6: Answer }>;
  /** Of the command that runs it; the app is a descendant. */
  pid: number;
  log(): string;
}

export interface Answer {
  status: number;
  body: string;
}

export interface RunRequest {
  app: App;
  world: World;
  env?: Record<string, string>;
  args?: readonly string[];
}

/** Runs a command in the built app, as a user that did not build it. */
export async function runCommandIn(
  { app, world, env = {}, args = [] }: RunRequest,
  ...cmd: readonly string[]
): Promise<{ exitCode: number; log: string }> {
  return await runToEnd([...runWords({ app, world, env, args }), "--", ...cmd]);
}

/** Starts the default process of a built app and waits until it answers `/`. */
export async function serve({ app, world, env = {}, args = [] }: RunRequest): Promise<Served> {
  return await serveBy((port) => runWords({ app, world, env: { PORT: `${port}`, ...env }, args }));
}

/** Starts a server by the words of a command line, and waits until it answers `/`. */
export async function serveBy(wordsFor: (port: number) => readonly string[]): Promise<Served> {
  const port = await freePort();
  const [file = "", ...rest] = wordsFor(port);
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  child.stdout.on("data", (chunk) => (log += String(chunk)));
  child.stderr.on("data", (chunk) => (log += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    // An app that does not end when it is asked to must not hold up the test.
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(patience);
  };
  try {
    await answersAt(port, child, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get: async (path) => ({
      v4: await request("127.0.0.1", port, path),
      v6: await request("::1", port, path),
    }),
    pid: child.pid ?? 0,
    log: () => log,
    [Symbol.asyncDispose]: stop,
  };
}

/** The words that start a built app. */
export function runWords({ app, world, env = {}, args = [] }: RunRequest): string[] {
  return [
    command,
    "run",
    app.dir,
    ...["--state", app.state, "--run-root", world.runRoot],
    ...["--run-uid", `${runUser.uid}`, "--gid", `${runUser.gid}`],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...args,
  ];
}

/** Runs a command line to its end. */
export async function runToEnd(
  words: readonly string[],
  whileRunning?: BuildRequest["whileRunning"],
): Promise<{ exitCode: number; log: string }> {
  const [file = "", ...args] = words;
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let log = "";
  const hear = (chunk: unknown) => {
    // The platform passes no NO_COLOR on to buildpacks, as a lifecycle would not.
    log += stripVTControlCharacters(String(chunk));
    whileRunning?.(log, child);
  };
  const pulse = setInterval(() => whileRunning?.(log, child), 100);
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const exitCode = await new Promise<number>((resolve) =>
    child.once("close", (code) => resolve(code ?? 128)),
  );
  clearInterval(pulse);
  return { exitCode, log };
}

async function readReport(app: App): Promise<WholeReport> {
  return JSON.parse(await readFile(app.report, "utf8")) as WholeReport;
}

async function answersAt(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the app ended:\n${log()}`);
    const answer = await request("127.0.0.1", port, "/").catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the app does not answer:\n${log()}`);
}

function request(host: string, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = get({ host, port, path, timeout: 30_000 }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
  });
}
