import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type RunRequest, runWords } from "../lapidary.ts";

// 1F90 in the kernel's tables.
const port = "8080";

/**
 * Starts the default process of a built app on a machine whose IPv6 is off, and resolves to the
 * status with which it answers `/` over IPv4, and to the kind of socket at which it listens. Where
 * a kernel has no IPv6 at all, sockets for IPv6 cannot be made.
 */
export async function answerWithoutIpv6(
  request: RunRequest,
): Promise<{ status: string; sockets: "IPv4" | "IPv6" }> {
  const words = runWords({ ...request, env: { PORT: port, ...request.env } });
  const off = 'ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 && exec "$@"';
  const child = spawn("unshare", ["--net", "sh", "-c", off, "sh", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk) => (log += String(chunk)));
  child.stderr.on("data", (chunk) => (log += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
      const status = await askInside(child.pid ?? 0).catch(() => undefined);
      if (status) return { status, sockets: await socketsOf(child.pid ?? 0) };
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`the app does not answer:\n${log}`);
  } finally {
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(patience);
  }
}

/** Asks from within the network of a process. */
async function askInside(pid: number): Promise<string> {
  const script = `fetch("http://127.0.0.1:${port}/").then(({ status }) => console.log(status))`;
  const words = [`--net=/proc/${pid}/ns/net`, process.execPath, "-e", script];
  const { stdout } = await promisify(execFile)("nsenter", words);
  return stdout.trim();
}

async function socketsOf(pid: number): Promise<"IPv4" | "IPv6"> {
  const table = await readFile(`/proc/${pid}/net/tcp6`, "utf8");
  const listening = / 0{32}:1F90 \S+ 0A /;
  return listening.test(table) ? "IPv6" : "IPv4";
}
