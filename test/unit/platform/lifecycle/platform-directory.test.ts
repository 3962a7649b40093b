import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPlatformFiles } from "../../../../src/platform/lifecycle/platform-directory.ts";
import { writePlatformFiles } from "../../../../src/platform/sandbox/platform-files.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree, modeOf, readTree } from "../../../support/tree.ts";

async function fill(directory: string, given: Parameters<typeof readPlatformFiles>[0]) {
  await writePlatformFiles(directory, await readPlatformFiles(given));
}

test("writes variables and bindings, readable only by their owner", async () => {
  const platform = await makeTree();
  const bindings = await makeTree({ "db/type": "pg", "db/password": "secret" });
  const env = { A: "1\n", "B.append": "" };
  await fill(platform, { env, bindings: [join(bindings, "db")] });
  expect(await readTree(platform)).toEqual({
    "bindings/db/password": "secret",
    "bindings/db/type": "pg",
    "env/A": "1\n",
    "env/B.append": "",
  });
  expect(await modeOf(join(platform, "env/A"))).toBe(0o600);
  expect(await modeOf(join(platform, "bindings"))).toBe(0o700);
});

test("follows the links of a mounted binding", async () => {
  const platform = await makeTree();
  const volume = await makeTree({ "..data/type": "pg" });
  await symlink("..data/type", join(volume, "type"));
  await fill(platform, { env: {}, bindings: [volume] });
  const files = Object.values(await readTree(join(platform, "bindings")));
  expect(files).toEqual(["pg", "pg"]);
});

test.each(["a/b", "..", "", "A=B"])("refuses the name %j for a variable", async (name) => {
  const work = fill(await makeTree(), { env: { [name]: "" }, bindings: [] });
  expect(await failureOf(work)).toMatchObject({ code: "platform/usage" });
});

test("refuses a binding without a type, and two with the same name", async () => {
  const platform = await makeTree();
  const root = await makeTree({ "one/db/type": "a", "two/db/type": "b", "none/key": "" });
  const write = (...names: string[]) =>
    failureOf(
      fill(platform, {
        env: {},
        bindings: names.map((name) => join(root, name)),
      }),
    );
  expect(await write("none")).toMatchObject({ code: "platform/usage" });
  expect(await write("one/db", "two/db")).toMatchObject({
    problem: "two bindings have the name `db`",
  });
});
