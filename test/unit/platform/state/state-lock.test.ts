import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLock, waitForLock } from "../../../../src/platform/state/state-lock.ts";
import { processIdentity } from "../../../../src/system/process-identity.ts";
import { failureOf } from "../../../support/failure-of.ts";
import { makeTree } from "../../../support/tree.ts";

async function lockPath(content?: string): Promise<string> {
  const path = join(await makeTree(), "lock");
  if (content !== undefined) await writeFile(path, content);
  return path;
}

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn("/bin/true");
  await once(child, "exit");
  return child.pid ?? 0;
}

test("releases the lock without leaving anything behind", async () => {
  const path = await lockPath();
  const release = await takeLock(path);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
  await release();
  expect(await readdir(join(path, ".."))).toEqual([]);
});

test("refuses while the holder is running", async () => {
  const path = await lockPath();
  const release = await takeLock(path);
  expect(await failureOf(takeLock(path))).toMatchObject({ code: "platform/state-locked" });
  await release();
  await (
    await takeLock(path)
  )();
});

test("waits for the holder if asked to, and then has the lock", async () => {
  const path = await lockPath();
  const release = await takeLock(path);
  const order: string[] = [];
  const waiting = waitForLock(path).then(async (unlock) => {
    order.push("taken");
    await unlock();
  });
  await expect(takeLock(path)).rejects.toThrow();
  order.push("given back");
  await release();
  await waiting;
  expect(order).toEqual(["given back", "taken"]);
});

test("takes over from a process that has ended", async () => {
  const path = await lockPath(JSON.stringify({ pid: await deadPid(), identity: "boot 1" }));
  await (
    await takeLock(path)
  )();
});

test("takes over if the process id now belongs to another process", async () => {
  const path = await lockPath(JSON.stringify({ pid: process.pid, identity: "boot 1" }));
  await (
    await takeLock(path)
  )();
});

test.each(["", "{", "null", "17"])("takes over a damaged lock file: %j", async (content) => {
  const path = await lockPath(content);
  await (
    await takeLock(path)
  )();
});

test("takes over after a process died during a takeover", async () => {
  const dead = JSON.stringify({ pid: await deadPid(), identity: "boot 1" });
  const path = await lockPath(dead);
  await writeFile(`${path}.takeover`, dead);
  await (
    await takeLock(path)
  )();
  expect(await readdir(join(path, ".."))).toEqual([]);
});

test("only one of several processes gets a stale lock", async () => {
  const path = await lockPath(JSON.stringify({ pid: await deadPid(), identity: "boot 1" }));
  const attempts = Array.from({ length: 20 }, async () => await takeLock(path));
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("each process has its own identity, and one that has ended has none", async () => {
  const child = spawn("/bin/sleep", ["10"]);
  const own = await processIdentity(process.pid);
  expect(own).toBe(await processIdentity(process.pid));
  expect(await processIdentity(child.pid ?? 0)).not.toBe(own);
  child.kill();
  await once(child, "exit");
  expect(await processIdentity(child.pid ?? 0)).toBeUndefined();
});
