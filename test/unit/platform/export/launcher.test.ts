import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeLauncher, readLauncher } from "../../../../src/platform/export/launcher.ts";
import { makeStoredBuild } from "../../../support/builds/stored-build.ts";
import { failureOf } from "../../../support/failure.ts";
import { tinyProgram } from "../../../support/packages/package-checkout.ts";
import { tarball } from "../../../support/packages/tarball.ts";
import { makeTree } from "../../../support/tree.ts";

async function write(bytes: Buffer): Promise<string> {
  const path = join(await makeTree(), "file");
  await writeFile(path, bytes);
  return path;
}

describe("readLauncher", () => {
  test("reads the launcher and its version from the archive of a lifecycle", async () => {
    const archive = tarball([
      { path: "lifecycle.toml", body: '[lifecycle]\nversion = "0.21.12"\n' },
      { path: "lifecycle/launcher", body: "the launcher", mode: 0o755 },
      { path: "lifecycle/launcher.sbom.spdx.json", body: "{}" },
      { path: "lifecycle/lifecycle.sbom.spdx.json", body: "[]" },
    ]);
    const { program, version, sboms } = await readLauncher(await write(gzipSync(archive)));
    expect([String(program), version]).toEqual(["the launcher", "0.21.12"]);
    expect(sboms).toEqual(new Map([["sbom.spdx.json", "{}"]]));
  });

  test("takes a program unchanged", async () => {
    const program = tinyProgram(62);
    expect(await readLauncher(await write(program))).toEqual({ program, version: "" });
  });

  test.each([
    ["no archive", Buffer.from("some text, which is neither")],
    ["an archive without a launcher", gzipSync(tarball([{ path: "lifecycle.toml" }]))],
  ])("refuses %s", async (_, bytes) => {
    const path = await write(bytes);
    const failure = await failureOf(readLauncher(path));
    expect(failure).toMatchObject({ code: "image/lifecycle-invalid", path });
  });
});

test("makeLauncher keeps values of variables to the byte", async () => {
  const build = await makeStoredBuild({ layers: { "one/env/VALUE": "" } });
  const value = Buffer.from("\xff\xfe it's é", "latin1");
  await writeFile(join(build.layers, "test_one/one/env/VALUE"), value);
  const { program } = await makeLauncher(build, "");
  expect(program.toString("latin1")).toContain("lapidary_set VALUE '\xff\xfe it'\\''s \xe9'");
});
