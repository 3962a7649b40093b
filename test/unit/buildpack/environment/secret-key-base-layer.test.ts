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
  test("is a default at launch of 128 random hexadecimal digits", async () => {
    const layersDir = await makeTree();
    const first = await provide(layersDir);
    expect(first.files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(first.lines).toEqual([
      "Generated a default `SECRET_KEY_BASE`, because there is no layer of an earlier build",
    ]);
    const second = await provide(await makeTree());
    expect(second.files[keyFile]).not.toBe(first.files[keyFile]);
  });

  test("is in the layer's launch environment and nowhere else", async () => {
    const { files, lines } = await provide(await makeTree());
    const key = files[keyFile] ?? "";
    expect(Object.keys(files)).toEqual(["secret-key-base.toml", keyFile]);
    expect(files["secret-key-base.toml"]).toBe(committed);
    expect(lines.join("\n")).not.toContain(key);
  });

  test("is kept from the previous image, of which a build sees only the metadata", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored });
    const { files, lines } = await provide(layersDir);
    expect(files).toEqual({ "secret-key-base.toml": committed });
    expect(lines).toEqual(["Kept the default `SECRET_KEY_BASE` of the previous image"]);
  });

  test("is kept if a platform restores the layer itself", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored, [keyFile]: "k3y" });
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toBe("k3y");
    expect(lines).toEqual(["Kept the default `SECRET_KEY_BASE` of the previous image"]);
  });

  test("is generated again if the layer has lost its key", async () => {
    const layersDir = await makeTree({
      "secret-key-base.toml": restored,
      "secret-key-base/": "",
    });
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(lines[0]).toContain("Generated a default `SECRET_KEY_BASE`, because it contains no key");
  });

  test("is generated again if the metadata of the previous image is from another buildpack", async () => {
    const layersDir = await makeTree();
    await writeFile(join(layersDir, "secret-key-base.toml"), '[metadata]\nmade-by = "other"\n');
    const { files, lines } = await provide(layersDir);
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
    expect(lines[0]).toContain("because the buildpack changed from `other` to `lapidary/ruby`");
  });

  test("is not generated if the user sets one", async () => {
    const layersDir = await makeTree({ "secret-key-base.toml": restored });
    const { files, lines } = await provide(layersDir, { SECRET_KEY_BASE: "t0ps3cret" });
    expect(files).toEqual({ "secret-key-base.toml": restored });
    expect(lines.join("\n")).not.toContain("t0ps3cret");
    expect(lines[0]).toContain("Set it where the app runs too");
  });

  test("is generated if the user's is empty", async () => {
    const { files } = await provide(await makeTree(), { SECRET_KEY_BASE: "" });
    expect(files[keyFile]).toMatch(/^[0-9a-f]{128}$/);
  });
});

async function provide(
  layersDir: string,
  userEnv: Record<string, string> = {},
  credentials = false,
  cached = false,
) {
  const section = recordSection();
  await provideSecretKeyBase({ layersDir, userEnv, credentials, cached, section });
  return { files: await readTree(layersDir), lines: section.lines };
}

test("the log warns of a new key if there is a cache of an earlier build, but no image", async () => {
  const hint = "--previous-image";
  const told = await provide(await makeTree(), {}, false, true);
  expect(told.lines.join("\n")).toContain(hint);
  const first = await provide(await makeTree());
  expect(first.lines.join("\n")).not.toContain(hint);
  const kept = await provide(await makeTree({ "secret-key-base.toml": restored }), {}, false, true);
  expect(kept.lines.join("\n")).not.toContain(hint);
});

test("the log of an app with encrypted credentials says which key Rails uses", async () => {
  const told = await provide(await makeTree(), {}, true);
  const silent = await provide(await makeTree(), {});
  expect(told.lines.join("\n")).toContain("Rails uses SECRET_KEY_BASE instead");
  expect(silent.lines.join("\n")).not.toContain("credentials");
});
