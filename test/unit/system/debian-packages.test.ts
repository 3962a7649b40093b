import { expect, test } from "vitest";
import { packagesWith } from "../../../src/system/debian-packages.ts";
import { makeTree } from "../../support/tree.ts";

const lists = {
  "var/lib/dpkg/info/libpq5:amd64.list":
    "/usr/lib/x86_64-linux-gnu/libpq.so.5\n/usr/lib/x86_64-linux-gnu/libpq.so.5.17\n",
  "var/lib/dpkg/info/other.list": "/opt/usr/lib/x86_64-linux-gnu/libz.so.1\n",
  "var/lib/dpkg/info/libz1g.list": "/lib/x86_64-linux-gnu/libz.so.1\n",
  "var/lib/dpkg/info/libpq5:amd64.md5sums": "/usr/lib/x86_64-linux-gnu/libz.so.1\n",
};

test.each([
  ["/usr/lib/x86_64-linux-gnu/libpq.so.5", "libpq5"],
  ["/lib/x86_64-linux-gnu/libpq.so.5", "libpq5"],
  ["/usr/lib/x86_64-linux-gnu/libz.so.1", "libz1g"],
  ["/lib/x86_64-linux-gnu/libz.so.1", "libz1g"],
  ["/usr/lib/x86_64-linux-gnu/libpq.so", undefined],
  ["/opt/usr/lib/x86_64-linux-gnu/libz.so.1", "other"],
])("dpkg knows whose %s is: %s", async (path, owner) => {
  const root = await makeTree(lists);
  const there = `${root}${path}`;
  expect((await packagesWith([there], root)).get(there)).toBe(owner);
});

test("finds no packages on a system without dpkg", async () => {
  expect(await packagesWith(["/lib/libpq.so.5"], await makeTree())).toEqual(new Map());
});
