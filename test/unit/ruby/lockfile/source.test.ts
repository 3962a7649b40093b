import { describe, expect, test } from "vitest";
import { parseGemfileLock } from "../../../../src/ruby/lockfile/gemfile-lock.ts";

describe("sources", () => {
  test("of gems keep every remote", () => {
    const text = "GEM\n  remote: https://a.example/\n  remote: https://b.example/\n  specs:\n";
    expect(sourcesOf(text)).toEqual([
      { kind: "gem", remotes: ["https://a.example/", "https://b.example/"] },
    ]);
  });

  test("in git keep the revision and what the Gemfile asked for", () => {
    const options = [
      "remote: git@host:a/b.git",
      "revision: 0ab1",
      "branch: main",
      "submodules: true",
    ];
    expect(sourcesOf(source("GIT", options))).toEqual([
      {
        kind: "git",
        remote: "git@host:a/b.git",
        revision: "0ab1",
        branch: "main",
        submodules: true,
      },
    ]);
  });

  test("in a folder keep their glob", () => {
    expect(sourcesOf(source("PATH", ["remote: engines", "glob: */*.gemspec"]))).toEqual([
      { kind: "path", remote: "engines", glob: "*/*.gemspec" },
    ]);
  });

  test("of a plugin keep all their options", () => {
    const options = ["remote: s3://bucket", "type: s3", "region: eu"];
    expect(sourcesOf(source("PLUGIN SOURCE", options))).toEqual([
      { kind: "plugin", type: "s3", remote: "s3://bucket", options: new Map([["region", "eu"]]) },
    ]);
  });

  test.each([
    ["GEM", "vendor/gems"],
    ["GEM", "https:nowhere"],
    ["GEM", "https://host/with space"],
    ["PATH", "true"],
  ])("%s with the remote `%s` are refused", (header, remote) => {
    const parsed = parseGemfileLock(source(header, [`remote: ${remote}`]));
    expect(parsed).toMatchObject({ kind: "refused", reason: "malformed", line: 3 });
  });

  test("with two remotes are refused where one is all they can have", () => {
    const parsed = parseGemfileLock(source("GIT", ["remote: a", "remote: b"]));
    expect(parsed).toMatchObject({ kind: "refused", problem: "the source has two remotes" });
  });

  test("with options that say nothing name them", () => {
    const parsed = parseGemfileLock(source("GIT", ["remote: a", "depth: 1", "tag: x", "tag: y"]));
    expect(parsed).toMatchObject({
      lockfile: { sources: [{ tag: "x" }] },
      ignored: [
        { line: 3, why: "a git source has no option `depth`" },
        { line: 5, why: "`tag` was given before" },
      ],
    });
  });
});

function sourcesOf(text: string) {
  const parsed = parseGemfileLock(text);
  return parsed.kind === "lockfile" ? parsed.lockfile.sources : parsed;
}

function source(header: string, options: readonly string[]): string {
  return [header, ...options.map((option) => `  ${option}`), "  specs:", ""].join("\n");
}
