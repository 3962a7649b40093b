import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeExecD } from "../../../src/cnb/exec-d.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

const program = "#!/bin/sh\nprintf 'A = \"1\"' >&3\n";

describe("Exec.d", () => {
  test("writes programs for all processes and for one of them", async () => {
    const layer = await makeTree();
    await writeExecD(layer, [
      { name: "10-jemalloc", program },
      { name: "10-jemalloc", process: "web", program },
    ]);
    expect(await readTree(layer)).toEqual({
      "exec.d/10-jemalloc": program,
      "exec.d/web/10-jemalloc": program,
    });
  });

  test("makes them executable by everybody", async () => {
    const layer = await makeTree();
    await writeExecD(layer, [{ name: "a", program }]);
    expect(await modeOf(join(layer, "exec.d/a"))).toBe(0o755);
  });

  test("removes the programs of an earlier build", async () => {
    const layer = await makeTree({ "exec.d/old": program, "bin/x": "" });
    await writeExecD(layer, []);
    expect(await readTree(layer)).toEqual({ "bin/x": "" });
  });

  test("takes a static binary", async () => {
    const layer = await makeTree();
    await writeExecD(layer, [{ name: "a", program: Buffer.from("\u007fELF\u0002", "latin1") }]);
    expect(Object.keys(await readTree(layer))).toEqual(["exec.d/a"]);
  });

  test.each([
    ["a script without an interpreter", [{ name: "a", program: "echo" }]],
    ["a name that leaves the directory", [{ name: "../a", program }]],
    ["a hidden name", [{ name: ".a", program }]],
    [
      "one name twice",
      [
        { name: "a", program },
        { name: "a", program },
      ],
    ],
  ])("refuses %s, and changes nothing", async (_, programs) => {
    const layer = await makeTree({ "exec.d/kept": program });
    await expect(writeExecD(layer, programs)).rejects.toThrow();
    expect(await readTree(layer)).toEqual({ "exec.d/kept": program });
  });
});
