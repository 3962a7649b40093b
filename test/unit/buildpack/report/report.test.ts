import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordGems } from "../../../../src/buildpack/report/report.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeTree } from "../../../support/tree.ts";

test("gems that cannot be measured do not fail the build", async () => {
  const layers = await makeTree();
  // A link to itself.
  await symlink("gems", join(layers, "gems"));
  const recorded: unknown[] = [];
  const context = { ...makeBuildContext(), onGems: (gems: unknown) => recorded.push(gems) };
  await recordGems(context, makeInstalled(layers, layers));
  expect(recorded).toEqual([[]]);
});
