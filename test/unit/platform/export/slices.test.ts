import { execFileSync } from "node:child_process";
import { chmod, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tarOf } from "../../../../src/oci/tar.ts";
import { sliceArchive, splitApp } from "../../../../src/platform/export/slices.ts";
import { readTar } from "../../../support/packages/read-package.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const files = {
  "config.ru": "",
  "public/assets/a.css": "",
  "public/assets/deep/b.js": "",
  "public/404.html": "",
  "public-x/c": "",
};

/** The slices of an app that holds these files, each as the paths in it. */
async function split(patterns: readonly string[][], all: Record<string, string> = files) {
  const slices = patterns.map((paths) => ({ paths }));
  return splitApp(await makeTree(all), slices).map((slice) => slice.map(String));
}

describe("Buildpack Interface: launch.toml, Slices", () => {
  test("without slices the whole app is one layer, sorted by path", async () => {
    expect(await split([])).toEqual([
      [
        ...["", "config.ru", "public", "public-x", "public-x/c", "public/404.html"],
        ...[
          "public/assets",
          "public/assets/a.css",
          "public/assets/deep",
          "public/assets/deep/b.js",
        ],
      ],
    ]);
  });

  test("a directory includes its content and its parents; the rest of the app comes last", async () => {
    expect(await split([["public/assets"]])).toEqual([
      [
        ...["", "public", "public/assets", "public/assets/a.css", "public/assets/deep"],
        "public/assets/deep/b.js",
      ],
      ["", "config.ru", "public", "public-x", "public-x/c", "public/404.html"],
    ]);
  });

  test("a file belongs to the first slice that matches it, and a slice may be empty", async () => {
    const [first, second, none] = await split([["public/*.html"], ["public"], ["nothing"]]);
    expect(first).toEqual(["", "public", "public/404.html"]);
    expect(second).not.toContain("public/404.html");
    expect(second).toContain("public/assets/a.css");
    expect(none).toEqual([]);
  });

  test.each<[string, string[]]>([
    ["*.ru", ["config.ru"]],
    ["p?blic/404.html", ["public/404.html"]],
    ["public*/c", ["public-x/c"]],
    ["public/40[0-4].html", ["public/404.html"]],
    ["public/[^a]*", ["public/404.html"]],
    ["public/assets/*.js", []],
    ["config\\.ru", ["config.ru"]],
    ["config.r", []],
    ["./config.ru", ["config.ru"]],
    ["public/assets/deep/", ["public/assets/deep/b.js"]],
    ["(c)onfig.ru", []],
  ])("the pattern %s works as in Go's filepath.Match", async (pattern, matched) => {
    const [slice = []] = await split([[pattern]]);
    const names = Object.keys(files);
    expect(slice.filter((path) => names.includes(path))).toEqual(matched);
  });

  test("names that are not UTF-8 keep their bytes", async () => {
    const app = await makeTree({ "public/a": "" });
    const odd = Buffer.concat([Buffer.from("public/"), Buffer.from([0xff, 0x2e])]);
    await writeFile(Buffer.concat([Buffer.from(`${app}/`), odd]), "odd");
    const [slice = []] = splitApp(app, [{ paths: ["public/*."] }]);
    expect(slice.at(-1)).toEqual(odd);
    const archive = [...tarOf(sliceArchive(app, "/workspace", slice, { uid: 1, gid: 2 }))];
    const entries = await readTar(Buffer.concat(archive));
    expect(entries.map(({ path, uid, gid }) => [path, uid, gid]).slice(0, 2)).toEqual([
      ["/workspace", 1, 2],
      ["/workspace/public", 1, 2],
    ]);
    expect(entries.at(-1)?.content.toString()).toBe("odd");
  });

  test("the app's own directory may get another mode, and nothing else does", async () => {
    const app = await makeTree({ "config.ru": "" });
    const [slice = []] = splitApp(app, []);
    const owner = { uid: 1, gid: 2, appMode: 0o777 };
    const entries = await readTar(
      Buffer.concat([...tarOf(sliceArchive(app, "/workspace", slice, owner))]),
    );
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
      ["/workspace", 0o777],
      ["/workspace/config.ru", 0o644],
    ]);
  });
});

describe("what the owner may not read", () => {
  const archiveOf = (app: string, uid = 1000) => {
    const [slice = []] = splitApp(app, []);
    return [...sliceArchive(app, "/workspace", slice, { uid, gid: uid })];
  };

  test.each([
    ["a file", "a/secret"],
    ["a directory", "a"],
    ["the app", ""],
  ])("fails the export: %s", async (_, path) => {
    const app = await makeTree({ "a/secret": "x", b: "" });
    await chmod(join(app, path), 0o077);
    const failure = await failureOf((async () => archiveOf(app))());
    expect(failure).toEqual({ code: "image/app-unreadable", path: path || "." });
    await chmod(join(app, path), 0o700);
  });

  test("is root's to read", async () => {
    const app = await makeTree({ secret: "x" });
    await chmod(join(app, "secret"), 0);
    expect(archiveOf(app, 0).map(({ name }) => String(name))).toContain("/workspace/secret");
  });

  test("may be a pipe or a link", async () => {
    const app = await makeTree({ a: "" });
    execFileSync("mkfifo", ["-m", "000", join(app, "pipe")]);
    await symlink("/nowhere", join(app, "link"));
    expect(
      archiveOf(app)
        .map(({ body }) => body.kind)
        .sort(),
    ).toEqual(["directory", "file", "link", "pipe"]);
  });
});
