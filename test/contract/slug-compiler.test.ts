import { execFileSync } from "node:child_process";
import { readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { makeSlug, type SlugOptions } from "../../src/classic/compiler/make-slug.ts";
import { systemClock } from "../../src/system/clock.ts";
import { unpackTree } from "../../src/oci/unpack-tree.ts";
import { makeClassicBuildpack } from "../support/buildpacks/classic-buildpack.ts";
import { failureOf } from "../support/failure.ts";
import { addToTree, makeTree, modeOf, readTree } from "../support/tree.ts";

/** A place with a repository, a slug and a cache. */
interface Desk {
  root: string;
  make(options: Partial<SlugOptions>): Promise<string>;
  /** What the slug holds, by relative path. */
  slug(): Promise<Record<string, string>>;
}

async function makeDesk(files: Record<string, string> = { "index.x": "x" }): Promise<Desk> {
  const root = await makeTree({ "repository/": "" });
  await addToTree(join(root, "repository"), files);
  return {
    root,
    make: async (options) => {
      let log = "";
      const write = (text: string) => void (log += text);
      const style = createStyle(false);
      await makeSlug({
        source: join(root, "repository"),
        output: join(root, "slug.tgz"),
        cache: join(root, "cache"),
        mode: 0o644,
        configVars: {},
        candidates: [],
        env: { PATH: process.env["PATH"] },
        cwd: root,
        printer: createPrinter({ write, style, clock: systemClock, debug: false }),
        signal: new AbortController().signal,
        ...options,
      });
      return log;
    },
    slug: async () => {
      const out = await makeTree();
      await unpackTree([join(root, "slug.tgz")], out);
      return await readTree(join(out, "app"));
    },
  };
}

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe" });
}

function commitAll(cwd: string, branch: string): void {
  git(cwd, "init", "--quiet", "--initial-branch", branch);
  git(cwd, "add", "-A");
  git(cwd, "commit", "--quiet", "--message", "x");
}

const release = "default_process_types:\n  web: run me\naddons:\n  - some-db\n";

describe("Which buildpack compiles", () => {
  test("the first of the list whose bin/detect exits 0, asked with the build's directory", async () => {
    const desk = await makeDesk({ "app.tiny": "" });
    const no = await makeClassicBuildpack({ detect: "echo not mine; exit 1" });
    const detect = 'test -f "$1/app.tiny" && echo Tiny app';
    const yes = await makeClassicBuildpack({ detect, compile: 'echo compiled > "$1/by"' });
    const never = await makeClassicBuildpack({ compile: "exit 9" });
    const log = await desk.make({ candidates: [no, yes, never] });
    expect(log).toContain(`\`${yes}\` detected \`Tiny app\``);
    expect((await desk.slug())["by"]).toBe("compiled\n");
  });

  test("where none answers yes, each is named with what it said", async () => {
    const desk = await makeDesk();
    const no = await makeClassicBuildpack({ detect: "echo not mine; exit 1" });
    const silent = await makeClassicBuildpack({ detect: "exit 3" });
    expect(await failureOf(desk.make({ candidates: [no, silent] }))).toEqual({
      code: "classic/no-buildpack",
      tried: [`${no}: not mine`, `${silent}: exit code 3`],
    });
  });

  test("BUILDPACK_URL as a path is the only one that is asked", async () => {
    const desk = await makeDesk();
    const other = await makeClassicBuildpack({ compile: "exit 9" });
    const own = await makeClassicBuildpack({ compile: 'echo own > "$1/by"' });
    await desk.make({ candidates: [other], configVars: { BUILDPACK_URL: own } });
    expect((await desk.slug())["by"]).toBe("own\n");
    const no = await makeClassicBuildpack({ detect: "exit 1" });
    const refused = desk.make({ candidates: [other], configVars: { BUILDPACK_URL: no } });
    expect(await failureOf(refused)).toMatchObject({ code: "classic/no-buildpack" });
  });

  test("BUILDPACK_URL as a git URL is cloned, at the branch after #", async () => {
    const desk = await makeDesk();
    const repository = await makeClassicBuildpack({ compile: 'echo main > "$1/by"' });
    commitAll(repository, "main");
    git(repository, "checkout", "--quiet", "-b", "next");
    await addToTree(repository, { "bin/compile": '#!/bin/sh\necho next > "$1/by"\n' });
    git(repository, "commit", "--quiet", "--all", "--message", "y");
    git(repository, "checkout", "--quiet", "main");
    const { href } = pathToFileURL(repository);
    await desk.make({ configVars: { BUILDPACK_URL: href } });
    expect((await desk.slug())["by"]).toBe("main\n");
    await desk.make({ configVars: { BUILDPACK_URL: `${href}#next` } });
    expect((await desk.slug())["by"]).toBe("next\n");
    const gone = desk.make({ configVars: { BUILDPACK_URL: `${href}#gone` } });
    expect(await failureOf(gone)).toMatchObject({ code: "classic/buildpack-unusable" });
  });

  test("a directory without its programs is no buildpack", async () => {
    const desk = await makeDesk();
    expect(await failureOf(desk.make({ candidates: ["repository"] }))).toEqual({
      code: "classic/buildpack-unusable",
      buildpack: "repository",
      problem: "it has no `bin/detect`",
    });
  });
});

describe("What a buildpack is run with", () => {
  test("BUILD_DIR, CACHE_DIR and ENV_DIR with a file for each config var, not in its environment", async () => {
    const desk = await makeDesk();
    const compile = 'echo "$#:$(cat "$3/SECRET"):${SECRET-none}" > "$1/seen"; ls "$2" >> "$1/seen"';
    const buildpack = await makeClassicBuildpack({ compile });
    await desk.make({ candidates: [buildpack], configVars: { SECRET: "s3" } });
    expect((await desk.slug())["seen"]).toBe("3:s3:none\n");
  });

  test("a checkout without git's files and what .slugignore names", async () => {
    const desk = await makeDesk({
      ".slugignore": "# docs\n*.md\n/spec\n",
      "a.md": "",
      "spec/x": "",
    });
    await addToTree(join(desk.root, "repository"), { "lib/spec/y": "", ".git/HEAD": "x" });
    await desk.make({ candidates: [await makeClassicBuildpack()] });
    expect(Object.keys(await desk.slug())).toEqual([".release", ".slugignore", "lib/spec/y"]);
  });
});

describe("Where the app comes from", () => {
  test.each(["--directory=repository .", "repository"])(
    "a tar.gz with the files themselves or in one directory (%s)",
    async (what) => {
      const desk = await makeDesk({ "a/b": "1", c: "2" });
      const source = join(desk.root, "app.tar.gz");
      execFileSync("tar", ["-czf", source, ...what.split(" ")], { cwd: desk.root });
      await desk.make({ source, candidates: [await makeClassicBuildpack()] });
      expect(await desk.slug()).toMatchObject({ "a/b": "1", c: "2" });
    },
  );

  test("a tar.gz of a bare git repository: its newest state", async () => {
    const desk = await makeDesk({ "a/b": "1" });
    commitAll(join(desk.root, "repository"), "main");
    git(desk.root, "clone", "--quiet", "--bare", "repository", "bare.git");
    execFileSync("tar", ["-czf", "repo.tar.gz", "-C", "bare.git", "."], { cwd: desk.root });
    const source = join(desk.root, "repo.tar.gz");
    await desk.make({ source, candidates: [await makeClassicBuildpack()] });
    expect(Object.keys(await desk.slug())).toEqual([".release", "a/b"]);
  });

  test.each([
    ["nothing", "there is no such file or directory"],
    ["repository/index.x", "it is not a tar archive"],
  ])("%s is no source", async (name, problem) => {
    const desk = await makeDesk();
    const source = join(desk.root, name);
    const making = desk.make({ source, candidates: [await makeClassicBuildpack()] });
    expect(await failureOf(making)).toEqual({
      code: "classic/source-unusable",
      path: source,
      problem,
    });
  });
});

describe("What comes of it", () => {
  test("a slug with the app below ./app, and what bin/release printed in .release", async () => {
    const desk = await makeDesk();
    const buildpack = await makeClassicBuildpack({ release: `printf '${release}'` });
    await desk.make({ candidates: [buildpack] });
    expect(await desk.slug()).toEqual({
      "index.x": "x",
      ".release": '---\naddons:\n  - "some-db"\ndefault_process_types:\n  web: "run me"\n',
    });
  });

  test("a slug without the slug of the last time, which may be in the repository", async () => {
    const desk = await makeDesk();
    const candidates = [await makeClassicBuildpack()];
    const output = join(desk.root, "repository/slug.tgz");
    for (let time = 0; time < 2; time += 1) await desk.make({ candidates, output });
    await rename(output, join(desk.root, "slug.tgz"));
    expect(Object.keys(await desk.slug())).not.toContain("slug.tgz");
  });

  test("a cache that the next compile finds", async () => {
    const desk = await makeDesk();
    const compile = 'date=$(cat "$2/n" 2>/dev/null || :); echo "$date+" > "$2/n"; cp "$2/n" "$1/n"';
    const candidates = [await makeClassicBuildpack({ compile })];
    await desk.make({ candidates });
    await desk.make({ candidates });
    expect((await desk.slug())["n"]).toBe("++\n");
  });

  test.each([
    ["compile", 'echo spoiled > "$2/n"; exit 4', undefined, 4],
    ["release", 'echo spoiled > "$2/n"', "exit 5", 5],
  ])(
    "after a failed bin/%s slug and cache are as they were",
    async (program, compile, failing, exitCode) => {
      const desk = await makeDesk();
      const good = await makeClassicBuildpack({ compile: 'echo kept > "$2/n"' });
      await desk.make({ candidates: [good] });
      const before = await readFile(join(desk.root, "slug.tgz"));
      const { mtimeMs, ino } = await stat(join(desk.root, "cache/n"));
      const scripts = failing === undefined ? { compile } : { compile, release: failing };
      const bad = await makeClassicBuildpack(scripts);
      expect(await failureOf(desk.make({ candidates: [bad] }))).toEqual({
        code: "classic/buildpack-failed",
        buildpack: bad,
        program: `bin/${program}`,
        exitCode,
      });
      expect(await readFile(join(desk.root, "slug.tgz"))).toEqual(before);
      expect(await stat(join(desk.root, "cache/n"))).toMatchObject({ mtimeMs, ino });
      expect(await readTree(join(desk.root, "cache"))).toEqual({ n: "kept\n" });
    },
  );

  test("a repository that is as it was", async () => {
    const desk = await makeDesk({ a: "1" });
    await desk.make({ candidates: [await makeClassicBuildpack({ compile: 'rm -r "$1"/*' })] });
    expect(await readTree(join(desk.root, "repository"))).toEqual({ a: "1" });
    expect(await modeOf(join(desk.root, "repository/a"))).toBe(0o644);
  });
});
