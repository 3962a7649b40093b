import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nameOf, readBuildpacks } from "../../../../src/platform/lifecycle/buildpack-store.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const descriptorOf = (about: string, rest = "") => `api = "0.10"\n[buildpack]\n${about}\n${rest}`;
const orderOf = (id: string, version?: string) => [
  { group: [{ id, ...(version === undefined ? {} : { version }) }] },
];

async function store(descriptors: Record<string, string>) {
  const root = await makeTree(
    Object.fromEntries(
      Object.entries(descriptors).map(([place, text]) => [`${place}/buildpack.toml`, text]),
    ),
  );
  return Object.keys(descriptors).map((place) => join(root, place));
}

describe("a buildpack that an order names", () => {
  test.each([
    ["that has neither id nor version", ""],
    ["that has no version", 'id = "some/a"'],
    ["that has another name", 'id = "other"\nversion = "1.0"'],
    ["with an id that no buildpack may have", 'id = "../../x"'],
    ["without a table `buildpack`", "[other]"],
  ])("is the one at <id>/<version>, also with a descriptor %s", async (_, about) => {
    const places = await store({ "some_a/1.0.0": descriptorOf(about) });
    const buildpacks = await readBuildpacks(places, orderOf("some/a", "1.0.0"));
    expect(buildpacks.map(nameOf)).toEqual(["some/a@1.0.0"]);
    expect(buildpacks[0]?.descriptor.buildpack).toMatchObject({ id: "some/a", version: "1.0.0" });
  });

  test("is also the one that a composite buildpack names", async () => {
    const order = '[[order]]\n[[order.group]]\nid = "a"\nversion = "2"';
    const places = await store({
      "somewhere/else": descriptorOf('id = "all"\nversion = "1"', order),
      "a/2": descriptorOf('id = "z"'),
    });
    expect((await readBuildpacks(places)).map(nameOf)).toEqual(["all@1", "a@2"]);
  });

  test.each([
    ["lies elsewhere", "a/1.0.0", orderOf("a", "2.0.0")],
    ["is named without a version", "a/1.0.0", orderOf("a")],
    ["is not named", "a/1.0.0", []],
  ])("is what its descriptor says if it %s", async (_, place, order) => {
    const places = await store({ [place]: descriptorOf('id = "z"\nversion = "1"') });
    expect((await readBuildpacks(places, order)).map(nameOf)).toEqual(["z@1"]);
    const [nameless = ""] = await store({ [place]: descriptorOf('version = "1"') });
    expect(await failureOf(readBuildpacks([nameless], order))).toMatchObject({
      code: "cnb/file-invalid",
      problem: expect.stringContaining("buildpack.id"),
    });
  });

  test("must have an id and a version of text if it has any", async () => {
    const places = await store({ "a/1": descriptorOf("version = 1") });
    expect(await failureOf(readBuildpacks(places, orderOf("a", "1")))).toMatchObject({
      code: "cnb/file-invalid",
      problem: expect.stringContaining("buildpack.version"),
    });
  });
});
