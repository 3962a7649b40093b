import { join } from "node:path";
import { expect, test } from "vitest";
import { readVolumes, refuseOverlaps } from "../../../../src/platform/inputs/volumes.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

test("parses host and inside path, read-only unless it says `rw`", async () => {
  const cwd = await makeTree({ "mirror/inventory.toml": "" });
  const host = join(cwd, "mirror");
  expect(await readVolumes(["mirror:/mirror/", `${host}:/opt/a:ro`, "mirror:/b:rw"], cwd)).toEqual([
    { host, inside: "/mirror", writable: false, option: "--volume" },
    { host, inside: "/opt/a", writable: false, option: "--volume" },
    { host, inside: "/b", writable: true, option: "--volume" },
  ]);
});

test.each(["/platform/bindings/ca", "/workspace/vendor/data", "/tmp/shared", "/home/cnb/.m2"])(
  "takes %s, as pack does",
  async (inside) => {
    const cwd = await makeTree({ "mirror/file": "" });
    const expected = [{ host: join(cwd, "mirror"), inside, writable: false, option: "--volume" }];
    expect(await readVolumes([`mirror:${inside}`], cwd)).toEqual(expected);
  },
);

test.each([
  ["/data", "/data/.git", "inside `/data`, where"],
  ["/data", "/data", "where"],
])("refuses volumes at %s and %s: one would not be mounted", async (first, second, where) => {
  const host = await makeTree();
  const volumes = readVolumes([`${host}:${first}:rw`, `${host}:${second}`], "/");
  expect(await failureOf(volumes)).toEqual({
    code: "platform/usage",
    problem: `\`--volume\` cannot mount something at \`${second}\`, ${where} \`--volume\` mounts something already`,
  });
});

test("refuses a volume in the gem store", async () => {
  const [volume] = await readVolumes([`${await makeTree()}:/gem-store/x`], "/");
  const store = { host: "/srv", inside: "/gem-store", writable: true, option: "--gem-store" };
  expect(
    await failureOf((async () => refuseOverlaps([...(volume ? [volume] : []), store]))()),
  ).toEqual({
    code: "platform/usage",
    problem: expect.stringContaining("inside `/gem-store`, where `--gem-store` mounts") as string,
  });
});

test("refuses the directory of the app, wherever that is", async () => {
  const cwd = await makeTree({ "mirror/file": "" });
  const problem = expect.stringContaining("the build uses `/app` itself") as string;
  const failure = await failureOf(readVolumes(["mirror:/app"], cwd, "/app"));
  expect(failure).toMatchObject({ code: "platform/usage", problem });
  expect(await readVolumes(["mirror:/workspace"], cwd, "/app")).toHaveLength(1);
});

test.each([
  ["mirror", "expected HOST:INSIDE"],
  ["mirror:inside", "expected HOST:INSIDE"],
  [":/inside", "expected HOST:INSIDE"],
  ["mirror:/inside:rx", "expected HOST:INSIDE"],
  ["mirror:/inside:rw:z", "expected HOST:INSIDE"],
  ["mirror:/tmp", "the build uses `/tmp` itself"],
  ["mirror:/workspace/", "the build uses `/workspace` itself"],
  ["mirror:/platform/bindings", "the build uses `/platform/bindings` itself"],
  ["mirror:/cnb/lifecycle", "the build uses `/cnb` itself"],
  ["mirror:/layers/x", "the build uses `/layers` itself"],
  ["mirror:/a/../layers", "the build uses `/layers` itself"],
  ["mirror:/", "the build uses `/` itself"],
  ["gone:/inside", "`gone` does not exist"],
])("says what is wrong with %s", async (text, reason) => {
  const cwd = await makeTree({ "mirror/file": "" });
  expect(await failureOf(readVolumes([text], cwd))).toMatchObject({
    code: "platform/usage",
    problem: expect.stringContaining(reason) as string,
  });
});
