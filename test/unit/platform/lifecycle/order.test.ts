import { expect, test } from "vitest";
import { readBuildpacks } from "../../../../src/platform/lifecycle/buildpack-store.ts";
import { orderOf } from "../../../../src/platform/lifecycle/order.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeBuildpack } from "../../../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../../../support/tree.ts";

test("the given buildpacks form one group", async () => {
  const given = [await makeBuildpack({ id: "a" }), await makeBuildpack({ id: "b" })];
  expect(orderOf(await readBuildpacks(given))).toEqual([
    {
      group: [
        { id: "a", version: "1.0.0" },
        { id: "b", version: "1.0.0" },
      ],
    },
  ]);
});

test("the parts of a composite buildpack are not members of the group", async () => {
  const composite = await makeBuildpack({ id: "all", order: [[{ id: "a" }]] });
  const given = [await makeBuildpack({ id: "a" }), composite, await makeBuildpack({ id: "b" })];
  const ids = orderOf(await readBuildpacks(given)).flatMap(({ group }) =>
    group.map(({ id }) => id),
  );
  expect(ids).toEqual(["all", "b"]);
});

test("a buildpack that is given twice counts once", async () => {
  const buildpack = await makeBuildpack();
  expect(await readBuildpacks([buildpack, buildpack])).toHaveLength(1);
});

test("refuses a directory without a buildpack", async () => {
  const empty = await makeTree();
  expect(await failureOf(readBuildpacks([empty]))).toEqual({
    code: "platform/buildpack-missing",
    path: empty,
    problem: "it has no `buildpack.toml`",
  });
});
