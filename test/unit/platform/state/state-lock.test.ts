import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { takeLock, waitForLock } from "../../../../src/platform/state/state-lock.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

async function lockPath(content?: string): Promise<string> {
  const path = join(await makeTree(), "lock");
  if (content !== undefined) await writeFile(path, content);
  return path;
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

test("is free after its holder was killed", async () => {
  const path = await lockPath();
  const module = resolve(import.meta.dirname, "../../../../src/platform/state/state-lock.ts");
  const script = `const { takeLock } = await import(${JSON.stringify(module)});
await takeLock(${JSON.stringify(path)}); console.log("held"); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  await once(holder.stdout, "data");
  const failure = await failureOf(takeLock(path));
  expect(failure).toMatchObject({ code: "platform/state-locked", pid: holder.pid });
  holder.kill("SIGKILL");
  await (
    await waitForLock(path)
  )();
});

test.each(["", "{", "null", "17"])("takes over a damaged lock file: %j", async (content) => {
  const path = await lockPath(content);
  await (
    await takeLock(path)
  )();
});

test("only one of several processes gets a stale lock", async () => {
  const path = await lockPath("{}");
  const attempts = Array.from({ length: 20 }, async () => await takeLock(path));
  const results = await Promise.allSettled(attempts);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});
