import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cached } from "../../../scripts/cache.ts";
import type { Work } from "../../../scripts/work.ts";

let home: string;
let work: Work;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cache-"));
  const section = { say: () => undefined } as unknown as Work["section"];
  work = { section, env: { LAPIDARY_CACHE: home }, signal: new AbortController().signal };
});

afterEach(async () => await rm(home, { recursive: true }));

const products = async () => (await readdir(home)).filter((name) => name !== "locks");

test("makes a product once for the same inputs, and another for others", async () => {
  let made = 0;
  const make = async (directory: string) => {
    made += 1;
    await writeFile(join(directory, "made"), `${made}`);
  };
  const first = await cached(work, "thing", { version: 1 }, make);
  expect(await cached(work, "thing", { version: 1 }, make)).toBe(first);
  const second = await cached(work, "thing", { version: 2 }, make);
  expect(await readFile(join(first, "made"), "utf8")).toBe("1");
  expect(await readFile(join(second, "made"), "utf8")).toBe("2");
});

test("makes a product once where two want it at the same time", async () => {
  let made = 0;
  const make = async () => void (made += 1);
  const both = [1, 2].map(async () => await cached(work, "thing", {}, make));
  const [first, second] = await Promise.all(both);
  expect(first).toBe(second);
  expect(made).toBe(1);
});

test("keeps nothing of a product that could not be made", async () => {
  const failing = cached(work, "thing", {}, async (directory) => {
    await writeFile(join(directory, "half"), "");
    throw new Error("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect(await products()).toEqual([]);
});

test("clears away what a killed process had begun", async () => {
  const begun = `thing-${"0".repeat(16)}.abcd1234.partial`;
  await mkdir(join(home, begun));
  await cached(work, "thing", {}, async () => undefined);
  expect(await products()).not.toContain(begun);
});
