import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { provideSecretKeyBase } from "../../../../src/buildpack/environment/secret-key-base-layer.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const keyFile = "secret-key-base/env.launch/SECRET_KEY_BASE.default";
const committed =
  "[types]\nlaunch = true\nbuild = false\ncache = false\n\n" +
  '[metadata]\nmade-by = "lapidary/ruby"\n';
// As a platform restores a layer that is in the previous image: its metadata, and nothing else.
const restored = '[metadata]\nmade-by = "lapidary/ruby"\n';

describe("Application Contract: SECRET_KEY_BASE", () => {
  test("is a default at launch of 128 hexadecimal digits, made at random", async () => {
    const layersDir = await makeTree();
    const first = await provide(layersDir);
    expect(first.files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(first.lines).toEqual([
      "`SECRET_KEY_BASE` (default): made at random, because there is nothing from an earlier build",
    ]);
    const second = await provide(await makeTree());
    expect(second.files[keyFile]).not.toBe(first.files[keyFile]);
  });

  test("stands in the layer's launch environment and nowhere else", async () => {
    const { files, lines } = await provide(await makeTree());
    const key = files[keyFile] ?? "";
    expect(Object.keys(files)).toEqual(["secret-key-base.toml", keyFile]);
    expect(files["secret-key-base.toml"]).toBe(committed);
    expect(lines.join("\n")).not.toContain(key);
  });

  test("stays that of the previous image, of which a build sees the metadata only", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored });
    const { files, lines } = await provide(layersDir);
    expect(files).toEqual({ "secret-key-base.toml": committed });
    expect(lines).toEqual(["`SECRET_KEY_BASE` (default): kept from the previous image"]);
  });

  test("stays where a platform leaves the layer itself", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored, [keyFile]: "k3y" });
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toBe("k3y");
    expect(lines).toEqual(["`SECRET_KEY_BASE` (default): kept from the previous image"]);
  });

  test("is made anew where that layer has lost its key", async () => {
    const layersDir = await makeTree({
      "secret-key-base.toml": restored,
      "secret-key-base/": "",
    });
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(lines[0]).toContain("made at random, because it holds no key");
  });

  test("is made anew where the metadata of the previous image is another's", async () => {
    const layersDir = await makeTree();
    await writeFile(join(layersDir, "secret-key-base.toml"), '[metadata]\nmade-by = "other"\n');
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(lines[0]).toContain("because Buildpack (`other` to `lapidary/ruby`)");
  });

  test("is the user's where one is given: none is made", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored });
    const { files, lines } = await provide(layersDir, { SECRET_KEY_BASE: "t0ps3cret" });
    expect(files).toEqual({ "secret-key-base.toml": restored });
    expect(lines.join("\n")).not.toContain("t0ps3cret");
    expect(lines[0]).toContain("set it for the running app, too");
  });

  test("is made where the user's is empty", async () => {
    const { files } = await provide(await makeTree(), { SECRET_KEY_BASE: "" });
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
  });
});

async function provide(
  layersDir: string,
  userEnv: Record<string, string> = {},
  credentials = false,
) {
  const section = recordSection();
  await provideSecretKeyBase({ layersDir, userEnv, credentials, section });
  return { files: await readTree(layersDir), lines: section.lines };
}

test("an app with encrypted credentials is told which key Rails takes", async () => {
  const told = await provide(await makeTree(), {}, true);
  const silent = await provide(await makeTree(), {});
  expect(told.lines.join("\n")).toContain("Rails takes SECRET_KEY_BASE before the key in them");
  expect(silent.lines.join("\n")).not.toContain("credentials");
});
