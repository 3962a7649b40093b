import { join } from "node:path";
import { expect, test } from "vitest";
import { readVolumes } from "../../../../src/platform/inputs/volumes.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

test("parses host and inside path, read-only unless it says `rw`", async () => {
  const cwd = await makeTree({ "mirror/inventory.toml": "" });
  const host = join(cwd, "mirror");
  expect(await readVolumes(["mirror:/mirror/", `${host}:/opt/a:ro`, "mirror:/b:rw"], cwd)).toEqual([
    { host, inside: "/mirror", writable: false },
    { host, inside: "/opt/a", writable: false },
    { host, inside: "/b", writable: true },
  ]);
});

test.each([
  ["mirror", "expected HOST:INSIDE"],
  ["mirror:inside", "expected HOST:INSIDE"],
  [":/inside", "expected HOST:INSIDE"],
  ["mirror:/inside:rx", "expected HOST:INSIDE"],
  ["mirror:/inside:rw:z", "expected HOST:INSIDE"],
  ["mirror:/tmp/inside", "`/tmp` is the build's own"],
  ["mirror:/a/../layers", "`/layers` is the build's own"],
  ["mirror:/", "`/` is the build's own"],
  ["gone:/inside", "there is no `gone` here"],
])("says what is wrong with %s", async (text, reason) => {
  const cwd = await makeTree({ "mirror/file": "" });
  expect(await failureOf(readVolumes([text], cwd))).toMatchObject({
    code: "platform/usage",
    problem: expect.stringContaining(reason) as string,
  });
});
