import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, lutimes, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyApp } from "../../../../src/platform/inputs/app-copy.ts";
import { failureOf } from "../../../support/failure.ts";
import { addToTree, makeTree, modeOf, readTree } from "../../../support/tree.ts";

const everything = { include: [], exclude: [] };

async function copied(
  files: Record<string, string>,
  filter: Partial<{ include: string[]; exclude: string[] }> = {},
): Promise<string[]> {
  const root = await makeTree();
  await addToTree(join(root, "app"), files);
  await copyApp(join(root, "app"), join(root, "copy"), { ...everything, ...filter });
  const entries = await readdir(join(root, "copy"), { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(join(root, "copy").length + 1)).sort();
}

describe("copyApp", () => {
  test("copies files, links, modes and empty directories, hidden ones included", async () => {
    const root = await makeTree({
      "app/.ruby-version": "3.3",
      "app/bin/rails": "r",
      "app/tmp/": "",
    });
    await chmod(join(root, "app/bin/rails"), 0o755);
    await chmod(join(root, "app/tmp"), 0o777);
    await symlink("no/such/target", join(root, "app/dead"));
    await mkdir(join(root, "copy"));
    await copyApp(join(root, "app"), join(root, "copy"), everything);
    expect(await readTree(join(root, "copy"))).toEqual({
      ".ruby-version": "3.3",
      "bin/rails": "r",
    });
    expect(await readlink(join(root, "copy/dead"))).toBe("no/such/target");
    expect(await modeOf(join(root, "copy/bin/rails"))).toBe(0o755);
    expect(await modeOf(join(root, "copy/tmp"))).toBe(0o777);
  });

  test.each([[everything], [{ include: [], exclude: ["nothing"] }]])(
    "keeps the times of files and links, with %j",
    async (filter) => {
      const root = await makeTree({ "app/lib/file": "" });
      await symlink("file", join(root, "app/lib/link"));
      for (const name of ["file", "link"]) await lutimes(join(root, "app/lib", name), 1e9, 1e9);
      await copyApp(join(root, "app"), join(root, "copy"), filter);
      for (const path of ["copy/lib/file", "copy/lib/link"]) {
        expect((await lstat(join(root, path))).mtimeMs, path).toBe(1e12);
      }
    },
  );

  test("does not change the app", async () => {
    const root = await makeTree({ "app/file": "", "app/project.toml": "" });
    const look = () =>
      execFileSync("find", [join(root, "app"), "-printf", "%p %m %T@ %C@\n"], { encoding: "utf8" });
    const before = look();
    await copyApp(join(root, "app"), join(root, "copy"), everything);
    await copyApp(join(root, "app"), join(root, "other"), { include: [], exclude: ["file"] });
    expect(look()).toBe(before);
  });

  test("makes the app's directory readable for others, even if the original is private", async () => {
    const root = await makeTree({ "app/file": "" });
    await chmod(join(root, "app"), 0o700);
    await copyApp(join(root, "app"), join(root, "copy"), everything);
    expect(await modeOf(join(root, "copy"))).toBe(0o755);
  });

  test.each([[everything], [{ include: [], exclude: ["nothing"] }]])(
    "keeps pipes without waiting for them, and leaves out sockets, with %j",
    async (filter) => {
      const root = await makeTree({ "app/file": "" });
      execFileSync("mkfifo", ["-m", "640", join(root, "app/pipe")]);
      const server = createServer().listen(join(root, "app/socket"));
      await once(server, "listening");
      await copyApp(join(root, "app"), join(root, "copy"), filter);
      server.close();
      expect((await readdir(join(root, "copy"))).sort()).toEqual(["file", "pipe"]);
      const pipe = await lstat(join(root, "copy/pipe"));
      expect([pipe.isFIFO(), pipe.mode & 0o777]).toEqual([true, 0o640]);
    },
  );

  describe("with project.toml's exclude", () => {
    test("excludes what matches, at any depth or from the root", async () => {
      const files = { "a.log": "", "lib/b.log": "", "lib/c.rb": "", "doc/x": "", "lib/doc/y": "" };
      expect(await copied(files, { exclude: ["*.log", "/doc"] })).toEqual([
        ...["lib", "lib/c.rb", "lib/doc", "lib/doc/y"],
      ]);
    });

    test("lets a later pattern include a file again, and is case-sensitive", async () => {
      const files = { "tmp/a": "", "tmp/.keep": "", "TMP/b": "" };
      expect(await copied(files, { exclude: ["tmp/*", "!tmp/.keep"] })).toEqual([
        ...["TMP", "TMP/b", "tmp", "tmp/.keep"],
      ]);
    });

    test("keeps a directory whose content is excluded, but not an excluded directory", async () => {
      expect(
        await copied({ "log/a": "", "tmp/b": "", c: "" }, { exclude: ["log/*", "tmp/"] }),
      ).toEqual([...["c", "log"]]);
    });
  });

  describe("with project.toml's include", () => {
    test("includes what matches and its parent directories", async () => {
      const files = { "app/models/a.rb": "", "app/assets/b.css": "", Gemfile: "", "doc/x": "" };
      expect(await copied(files, { include: ["/Gemfile", "app/models", "*.css"] })).toEqual([
        ...["Gemfile", "app", "app/assets", "app/assets/b.css", "app/models", "app/models/a.rb"],
      ]);
    });
  });

  test("copies files whose names a shell or a program could misunderstand", async () => {
    const names = ["-rf", "a b", "new\nline", "quo'te", "*"];
    const files = Object.fromEntries(names.map((name) => [name, "x"]));
    expect(await copied(files)).toEqual([...names].sort());
    expect(await copied(files, { exclude: ["nothing"] })).toEqual([...names].sort());
  });

  test("leaves out what the command itself writes, also before it exists", async () => {
    const root = await makeTree({ "app/file": "", "app/image/index.json": "", "app/image2/x": "" });
    await symlink(join(root, "app"), join(root, "link"));
    const results = ["link/image", "app/build.html", "elsewhere"].map((path) => join(root, path));
    await copyApp(join(root, "app"), join(root, "copy"), { ...everything, results });
    expect((await readdir(join(root, "copy"))).sort()).toEqual(["file", "image2"]);
  });

  test("refuses a missing app, and a copy inside of the app", async () => {
    const root = await makeTree({ "app/file": "" });
    const missing = copyApp(join(root, "none"), join(root, "copy"), everything);
    expect(await failureOf(missing)).toMatchObject({ code: "platform/app-missing" });
    const inside = copyApp(join(root, "app"), join(root, "app/state"), everything);
    expect(await failureOf(inside)).toMatchObject({ code: "platform/usage" });
  });
});
