import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = "GEM\n  specs:\n    rack (3.1.8)\n\nBUNDLED WITH\n   2.7.2\n";

describe("readProject", () => {
  test("reads the files that decide a build", async () => {
    const app = await makeTree({
      Gemfile: "",
      "Gemfile.lock": `${lockfile}\nSURPRISE\n  x\n`,
      ".ruby-version": "3.3.8\n",
      ".tool-versions": "ruby 3.3.8\n",
      ".bundle/config": 'BUNDLE_RETRY: "5"\n',
      "config.ru": "run ->(_) {}",
      "bin/rails": "#!/usr/bin/env ruby",
    });
    expect(await readProject(app)).toMatchObject({
      dir: app,
      gemfile: "Gemfile",
      lockfile: "Gemfile.lock",
      locked: { specs: [{ name: "rack", version: "3.1.8" }], bundledWith: "2.7.2" },
      ignored: [{ line: 8 }],
      rubyVersionFile: "3.3.8\n",
      toolVersionsFile: "ruby 3.3.8\n",
      miseRuby: undefined,
      bundleConfig: 'BUNDLE_RETRY: "5"\n',
      configRu: true,
      binRails: true,
      credentials: false,
    });
  });

  test("reads the project in the directory of the settings, and version files above it", async () => {
    const app = await makeTree({
      "server/gems.rb": "",
      "server/gems.locked": lockfile,
      "server/.ruby-version": "3.3.8\n",
      "server/Procfile": "web: puma",
      ".ruby-version": "3.1.2\n",
      ".tool-versions": "ruby 3.4.5\n",
      "config.ru": "",
    });
    expect(await readProject(app, { BP_RUBY_PROJECT_PATH: "server" })).toMatchObject({
      dir: join(app, "server"),
      path: "server",
      gemfile: "gems.rb",
      lockfile: "gems.locked",
      locked: { bundledWith: "2.7.2" },
      rubyVersionFile: "3.3.8\n",
      toolVersionsFile: "ruby 3.4.5\n",
      miseRuby: undefined,
      procfile: { state: "text", text: "web: puma" },
      configRu: false,
    });
  });

  test("reads .bundle/config next to the Gemfile, as Bundler does", async () => {
    const app = await makeTree({
      "gemfiles/next": "",
      "gemfiles/next.lock": lockfile,
      "gemfiles/.bundle/config": 'BUNDLE_RETRY: "5"',
      ".bundle/config": 'BUNDLE_RETRY: "1"',
    });
    const project = await readProject(app, { BUNDLE_GEMFILE: "gemfiles/next" });
    expect(project.bundleConfig).toBe('BUNDLE_RETRY: "5"');
  });

  test("names a missing gems.locked, and the files next to it", async () => {
    const app = await makeTree({ "server/gems.rb": "", README: "" });
    expect(await failureOf(readProject(app, { BP_RUBY_PROJECT_PATH: "server" }))).toEqual({
      code: "app/lockfile-missing",
      gemfile: "gems.rb",
      lockfile: "gems.locked",
      files: ["gems.rb"],
    });
  });

  test("needs only a Gemfile and a lockfile", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": "", ".ruby-version/": "" });
    expect(await readProject(app)).toMatchObject({
      rubyVersionFile: undefined,
      toolVersionsFile: undefined,
      miseRuby: undefined,
      bundleConfig: undefined,
      configRu: false,
      binRails: false,
      credentials: false,
    });
  });

  test("names the app's files if the lockfile is missing", async () => {
    const app = await makeTree({ Gemfile: "", ".gitignore": "Gemfile.lock", "config/": "" });
    expect(await failureOf(readProject(app))).toEqual({
      code: "app/lockfile-missing",
      gemfile: "Gemfile",
      lockfile: "Gemfile.lock",
      files: [".gitignore", "Gemfile", "config/"],
    });
  });

  test("treats a broken link as a missing lockfile", async () => {
    const app = await makeTree({ Gemfile: "" });
    await symlink("../locks/Gemfile.lock", join(app, "Gemfile.lock"));
    expect(await failureOf(readProject(app))).toMatchObject({ code: "app/lockfile-missing" });
  });

  test.each<[string, Record<string, string>, string, number | undefined]>([
    ["a directory", { "Gemfile.lock/": "" }, "it is a directory", undefined],
    ["binary", { "Gemfile.lock": "GEM\0" }, "it is a binary file", undefined],
    [
      "malformed",
      { "Gemfile.lock": "GEM\n  specs:\n    rack (x y)\n" },
      "`x y` is not a version",
      3,
    ],
  ])("refuses a lockfile that is %s", async (_, files, problem, line) => {
    const app = await makeTree({ Gemfile: "", ...files });
    expect(await failureOf(readProject(app))).toEqual({
      code: "app/lockfile-unreadable",
      path: "Gemfile.lock",
      problem,
      ...(line !== undefined && { line }),
    });
  });

  test("refuses a lockfile that is not UTF-8, as Bundler does", async () => {
    const app = await makeTree({ Gemfile: "" });
    const bytes = Buffer.from("GEM\n  specs:\n    caf\xe9 (1.0)\n", "latin1");
    await writeFile(join(app, "Gemfile.lock"), bytes);
    expect(await failureOf(readProject(app))).toEqual({
      code: "app/lockfile-unreadable",
      path: "Gemfile.lock",
      problem: "it is not UTF-8, which Bundler requires",
      line: 3,
    });
  });

  test("accepts U+FFFD in a lockfile, the sign for characters that could not be read, and blames another line", async () => {
    const sign = "PATH\n  remote: caf\ufffd\n  specs:\n";
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": sign });
    expect((await readProject(app)).locked.specs).toEqual([]);
    const bytes = Buffer.concat([Buffer.from(sign), Buffer.from("    caf\xe9 (1.0)\n", "latin1")]);
    await writeFile(join(app, "Gemfile.lock"), bytes);
    expect(await failureOf(readProject(app))).toMatchObject({ line: 4 });
  });

  test("finds the line of a merge conflict", async () => {
    const app = await makeTree({
      Gemfile: "",
      "Gemfile.lock": "GEM\n  specs:\n<<<<<<< HEAD\n=======\n>>>>>>> main\n",
    });
    expect(await failureOf(readProject(app))).toEqual({
      code: "app/lockfile-merge-conflict",
      path: "Gemfile.lock",
      line: 3,
    });
  });

  test.each<[Record<string, string>, string]>([
    [{}, "there is no such file"],
    [{ "Gemfile/": "" }, "it is a directory"],
  ])("refuses an app whose Gemfile cannot be evaluated", async (files, problem) => {
    const app = await makeTree({ "Gemfile.lock": lockfile, ...files });
    expect(await failureOf(readProject(app))).toEqual({
      code: "app/gemfile-unreadable",
      path: "Gemfile",
      problem,
    });
  });
});
