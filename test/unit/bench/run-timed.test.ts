import { expect, test } from "vitest";
import { makeTree } from "../../support/tree.ts";
import { parseTimes, runTimed } from "../../bench/builds/run-timed.ts";

test.each([
  ["dash", "0m0.010000s 0m0.000000s\n1m2.500000s 0m0.250000s\n", 62_750],
  ["bash", "0m0.010s 0m0.000s\n0m1.500s 0m0.500s\n", 2000],
])("reads the times of child processes, as %s prints them", (_, text, milliseconds) => {
  expect(parseTimes(text)).toBe(milliseconds);
});

test("refuses what is not a time", () => {
  expect(() => parseTimes("sh: times: not found\n")).toThrow("not the times of processes");
});

test("counts the CPU of the command and of what it starts, and keeps its output", async () => {
  const directory = await makeTree();
  const work = "i=0; while [ $i -lt 60000 ]; do i=$((i + 1)); done; echo done";
  const run = await runTimed(["sh", "-c", `(${work})`], directory);
  expect(run.cpu).toBeGreaterThan(0);
  expect(run.log).toBe("done");
  await expect(runTimed(["sh", "-c", "echo broken; exit 3"], directory)).rejects.toThrow("broken");
});
