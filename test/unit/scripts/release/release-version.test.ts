import { execFileSync, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { stories } from "../../../../scripts/layers-fixtures/stories.ts";
import { nextVersion } from "../../../../scripts/release/next-version.ts";
import { releaseVersion } from "../../../../scripts/release/release-version.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const changelog =
  "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.2.3] - 2026-01-01\n\n- Old.\n";
let checkout: string;

// Settings of this machine's git, such as signing, must not matter.
const env = { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
const git = async (...args: string[]) =>
  execFileSync("git", [...identity, ...args], { cwd: checkout, env, encoding: "utf8" });
const read = async (path: string) => await readFile(join(checkout, path), "utf8");
const release = async () =>
  await releaseVersion({ checkout, kind: "minor", today: "2026-08-06", git });

async function commitAll(): Promise<void> {
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "All");
}

const hasGit = !spawnSync("git", ["--version"]).error;

beforeEach(async ({ skip }) => {
  skip(!hasGit, "git is not installed");
  checkout = await makeTree({
    "package.json":
      '{\n  "name": "x",\n  "version": "1.2.3",\n  "description": "d",\n  "type": "module"\n}\n',
    "package-lock.json":
      '{"version": "1.2.3", "packages": {"": {"version": "1.2.3"}, "a": {"version": "1.2.3"}}}',
    "buildpack.toml":
      '[buildpack]\nid = "a/b"\nversion = "1.2.3"\n\n[metadata]\nversion = "1.2.3"\n',
    "README.md": "lapidary-ruby-1.2.3-linux-amd64.cnb, measured with Lapidary 1.2.3",
    "deploy/kpack/cluster.yaml": "image: registry.example.com/lapidary/ruby:1.2.3\n",
    "CHANGELOG.md": changelog,
  });
  for (const story of Object.keys(stories)) {
    const files = { "app/Gemfile": "", "layers/a.toml": "", "story.toml": "", "expected.toml": "" };
    await addToTree(join(checkout, "layers-fixtures/1.3.0", story), files);
  }
  await git("init", "--quiet", "--initial-branch", "main");
  await git("remote", "add", "origin", "git@github.com:gems/lapidary.git");
  await commitAll();
});

test.each([
  ["major", "2.0.0"],
  ["minor", "1.3.0"],
  ["patch", "1.2.4"],
] as const)("after 1.2.3, a %s release is %s", (kind, version) => {
  expect(nextVersion("1.2.3", kind)).toBe(version);
});

describe("a release", () => {
  test("has its version everywhere that names it, and nowhere else", async () => {
    expect(await release()).toMatchObject({ version: "1.3.0" });
    const { version, homepage, repository } = JSON.parse(await read("package.json")) as {
      version: string;
      homepage: string;
      repository: { url: string };
    };
    expect(version).toBe("1.3.0");
    expect(homepage).toBe("https://github.com/gems/lapidary");
    expect(repository.url).toBe("git+https://github.com/gems/lapidary.git");
    expect(JSON.parse(await read("package-lock.json"))).toEqual({
      version: "1.3.0",
      packages: { "": { version: "1.3.0" }, a: { version: "1.2.3" } },
    });
    expect(await read("buildpack.toml")).toBe(
      '[buildpack]\nid = "a/b"\nversion = "1.3.0"\nhomepage = "https://github.com/gems/lapidary"\n\n[metadata]\nversion = "1.2.3"\n',
    );
    expect(await read("README.md")).toBe(
      "lapidary-ruby-1.3.0-linux-amd64.cnb, measured with Lapidary 1.2.3",
    );
    expect(await read("deploy/kpack/cluster.yaml")).toContain("lapidary/ruby:1.3.0");
  });

  test("has what was unreleased in its own section", async () => {
    await release();
    expect(await read("CHANGELOG.md")).toBe(
      changelog.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [1.3.0] - 2026-08-06\n"),
    );
  });

  test("is one commit with a tag", async () => {
    await release();
    expect(await git("log", "--format=%s", "-1", "v1.3.0")).toBe("Release 1.3.0\n");
    expect(await git("status", "--porcelain")).toBe("");
  });
});

describe("there is no release, and nothing changes,", () => {
  const problems = async () => {
    const before = await git("rev-parse", "HEAD");
    const result = await release();
    expect(await git("rev-parse", "HEAD")).toBe(before);
    expect(await read("package.json")).toContain('"version": "1.2.3"');
    return "problems" in result ? result.problems : [];
  };

  test("of changes that are not committed", async () => {
    await addToTree(checkout, { "README.md": "changed" });
    expect(await problems()).toEqual(["There are uncommitted changes:  M README.md"]);
  });

  test("without unreleased changes", async () => {
    await addToTree(checkout, {
      "CHANGELOG.md": "# C\n\n## [Unreleased]\n\n## [1.2.3]\n\n- Old.\n",
    });
    await commitAll();
    expect(await problems()).toEqual(["CHANGELOG.md has no unreleased changes"]);
  });

  test("if a kind of change has two lists", async () => {
    const twice = changelog.replace("- A thing.\n", "- A thing.\n\n### Added\n\n- Another.\n");
    await addToTree(checkout, { "CHANGELOG.md": twice });
    await commitAll();
    expect(await problems()).toEqual([
      "CHANGELOG.md has `### Added` more than once in `Unreleased`",
    ]);
  });

  test("without the recorded layers of the new version", async () => {
    await git("rm", "-r", "--quiet", "layers-fixtures/1.3.0/rails/layers");
    await commitAll();
    expect(await problems()).toEqual([
      "layers-fixtures/1.3.0 lacks 1 parts, such as layers-fixtures/1.3.0/rails/layers. Record them with: npm run record-layers -- --as 1.3.0",
    ]);
  });

  test("if the version has a tag", async () => {
    await git("tag", "v1.3.0");
    expect(await problems()).toEqual(["The tag v1.3.0 exists already"]);
  });

  test("if nobody knows where the project is", async () => {
    await git("remote", "set-url", "origin", "https://git.example.com/lapidary.git");
    expect(await problems()).toEqual([
      "The remote `origin` is not on GitHub: buildpack.toml needs the address of the project",
    ]);
  });
});
