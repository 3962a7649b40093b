import { expect, test } from "vitest";
import { extensionNeeds } from "../../../src/ruby/extension-needs.ts";
import { lockedWith } from "../../support/builds/locked.ts";

const locked = (...versions: string[]) => {
  const specs = versions.flatMap((version) => lockedWith({ pg: version }).specs);
  return { ...lockedWith({}), specs };
};
const gemsOf = (...versions: string[]) =>
  extensionNeeds(locked(...versions), "x86_64-linux").map(({ gem }) => gem);

test("a gem that is locked as source is compiled", () => {
  expect(gemsOf("1.6.2")).toEqual(["pg"]);
  expect(gemsOf()).toEqual([]);
});

test("a variant for the platform is not compiled, one for another platform does not help", () => {
  expect(gemsOf("1.6.2", "1.6.2-x86_64-linux")).toEqual([]);
  expect(gemsOf("1.6.2-x86_64-linux-gnu")).toEqual([]);
  expect(gemsOf("1.6.2", "1.6.2-aarch64-linux")).toEqual(["pg"]);
});
