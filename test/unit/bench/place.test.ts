import { join } from "node:path";
import { expect, test } from "vitest";
import { hasKept, keep, makePlace, restart } from "../../bench/builds/place.ts";
import { addToTree, makeTree, readTree } from "../../support/tree.ts";

/** A place in which one build has ended. */
async function placeAfterBuild() {
  const root = await makeTree({ "source/Gemfile": "first" });
  const place = await makePlace(join(root, "now"));
  await addToTree(place.root, { "app/Gemfile": "first", "state/current": "1", "image/blob": "2" });
  await keep(place);
  return { place, source: join(root, "source") };
}

test.each([
  ["build", ["app/Gemfile", "image/blob", "state/current"]],
  ["image", ["app/Gemfile", "image/blob"]],
  ["nothing", ["app/Gemfile"]],
] as const)("a build that finds %s begins with that of the first build", async (finds, paths) => {
  const { place, source } = await placeAfterBuild();
  await addToTree(place.root, { "app/added": "", "state/later": "", "image/later": "" });
  await restart(place, source, finds);
  const { root } = place;
  const files = Object.keys(await readTree(root)).filter((path) => !path.startsWith("kept/"));
  expect(files).toEqual(paths);
});

test("only what the first build left is kept", async () => {
  const { place, source } = await placeAfterBuild();
  await addToTree(place.root, { "state/current": "later" });
  await keep(place);
  expect(await hasKept(place)).toBe(true);
  await restart(place, source, "build");
  expect((await readTree(place.state))["current"]).toBe("1");
});
