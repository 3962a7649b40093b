import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openAppDirectories } from "../../../../src/buildpack/project/open-app-directories.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { makeTree, modeOf } from "../../../support/tree.ts";

describe("openAppDirectories", () => {
  test("makes what Rails expects, writable by the group", async () => {
    const app = await makeTree();
    await openAppDirectories(app, true);
    for (const path of ["tmp", "tmp/pids", "log", "storage"]) {
      expect([path, await modeOf(join(app, path))]).toEqual([path, 0o775]);
    }
    expect(await lstatIfAny(join(app, "db"))).toBeUndefined();
  });

  test("makes nothing for an app without Rails", async () => {
    const app = await makeTree();
    await openAppDirectories(app, false);
    expect(await lstatIfAny(join(app, "tmp"))).toBeUndefined();
  });

  test("opens what is written to at run time, all the way down", async () => {
    const app = await makeTree({ "db/data/shop.sqlite3": "", "log/production.log": "" });
    await chmod(join(app, "db/data"), 0o700);
    await chmod(join(app, "db/data/shop.sqlite3"), 0o600);
    await openAppDirectories(app, false);
    expect(await modeOf(join(app, "db"))).toBe(0o775);
    expect(await modeOf(join(app, "db/data"))).toBe(0o770);
    expect(await modeOf(join(app, "db/data/shop.sqlite3"))).toBe(0o660);
    expect(await modeOf(join(app, "log/production.log"))).toBe(0o664);
  });

  test("leaves everything else as it is", async () => {
    const app = await makeTree({ "config/master.key": "", "bin/rails": "", "tmp/x": "" });
    await chmod(join(app, "config/master.key"), 0o600);
    await chmod(join(app, "bin/rails"), 0o755);
    await chmod(join(app, "config"), 0o755);
    await openAppDirectories(app, true);
    expect(await modeOf(join(app, "config/master.key"))).toBe(0o600);
    expect(await modeOf(join(app, "bin/rails"))).toBe(0o755);
    expect(await modeOf(join(app, "config"))).toBe(0o755);
  });

  test("does not follow links out of the app", async () => {
    const outside = await makeTree({ "shared/file": "" });
    await chmod(join(outside, "shared"), 0o700);
    const app = await makeTree();
    await symlink(join(outside, "shared"), join(app, "storage"));
    await openAppDirectories(app, true);
    expect(await modeOf(join(outside, "shared"))).toBe(0o700);
  });

  test("leaves an app alone whose names are taken", async () => {
    const app = await makeTree({ log: "a file", tmp: "a file" });
    await symlink("gone", join(app, "storage"));
    await expect(openAppDirectories(app, true)).resolves.toBeUndefined();
  });
});
