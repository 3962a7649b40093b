import { chmod, readdir, readlink, symlink, utimes, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packDirectory, unpackDirectory } from "../../../src/system/tarball.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

test("a directory comes out of its archive as it went in", async () => {
  const root = await makeTree({ "app/bin/run": "#!/bin/sh\n", "app/.hidden": "x", "out/": "" });
  await chmod(join(root, "app/bin/run"), 0o755);
  await symlink("/app/bin", join(root, "app/link"));
  await utimes(join(root, "app/.hidden"), 1000, 2000);
  const archive = join(root, "archives/slug.tgz");
  await packDirectory(root, "app", archive);
  expect(await readdir(join(root, "archives"))).toEqual(["slug.tgz"]);
  await unpackDirectory(archive, join(root, "out"));
  expect(await readTree(join(root, "out"))).toEqual({
    "app/.hidden": "x",
    "app/bin/run": "#!/bin/sh\n",
  });
  expect(await modeOf(join(root, "out/app/bin/run"))).toBe(0o755);
  expect(await readlink(join(root, "out/app/link"))).toBe("/app/bin");
  expect((await stat(join(root, "out/app/.hidden"))).mtimeMs).toBe(2_000_000);
});

test("what cannot be packed leaves the archive of before, and no other", async () => {
  const root = await makeTree({ "archives/slug.tgz": "old" });
  await expect(packDirectory(root, "none", join(root, "archives/slug.tgz"))).rejects.toThrow(
    /tar:/,
  );
  expect(await readTree(root)).toEqual({ "archives/slug.tgz": "old" });
});

test("what is no archive is refused in tar's words", async () => {
  const root = await makeTree({ "out/": "" });
  await writeFile(join(root, "no.tgz"), "nothing of the kind");
  await expect(unpackDirectory(join(root, "no.tgz"), join(root, "out"))).rejects.toThrow(/tar/);
});
