import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGitMetadata } from "../../../../src/platform/inputs/git-metadata.ts";
import { makeTree } from "../../../support/tree.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const config = `[core]
\tbare = false
[remote "origin"]
\turl = https://x-access-token:s3cret@example.com/acme/shop.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "other"]
\turl = https://example.com/other.git
`;

describe("the commit and the remote of an app", () => {
  test.each([
    ["a branch", { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${commit}\n` }],
    [
      "a packed branch",
      {
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/packed-refs": `# pack-refs with: peeled\n${"f".repeat(40)} refs/heads/main2\n${commit} refs/heads/main\n`,
      },
    ],
  ])("are those of %s, without the login in its address", async (_, files) => {
    const app = await makeTree({ ...files, ".git/config": config });
    expect(await readGitMetadata(app)).toEqual({
      source: {
        type: "git",
        version: { commit },
        metadata: { refs: ["main"], url: "https://example.com/acme/shop.git" },
      },
    });
  });

  test.each([
    ["https://example.com/shop.git", "https://example.com/shop.git"],
    ["git@example.com:acme/shop.git", "git@example.com:acme/shop.git"],
    ["HTTPS://user:p@ss@example.com/shop.git", "HTTPS://example.com/shop.git"],
    ["https://example.com/shop.git?private_token=s3cret", "https://example.com/shop.git"],
  ])("have the address %s without its secrets", async (url, expected) => {
    const app = await makeTree({
      ".git/HEAD": `${commit}\n`,
      ".git/config": `[remote "origin"]\n\turl = ${url}\n`,
    });
    expect(await readGitMetadata(app)).toMatchObject({ source: { metadata: { url: expected } } });
  });

  test("have no branch if a commit is checked out, and no address without a remote", async () => {
    const app = await makeTree({ ".git/HEAD": `${commit}\n` });
    expect(await readGitMetadata(app)).toEqual({
      source: { type: "git", version: { commit }, metadata: {} },
    });
  });

  test.each<[string, Record<string, string>]>([
    ["no repository", {}],
    ["a work tree", { ".git": "gitdir: /elsewhere\n" }],
    ["a repository without a commit", { ".git/HEAD": "ref: refs/heads/main\n" }],
    ["a branch outside `refs`", { ".git/HEAD": "ref: refs/../../secret\n", secret: `${commit}\n` }],
    ["text that is no commit", { ".git/HEAD": "s3cret\n" }],
  ])("are unknown for %s", async (_, files) => {
    expect(await readGitMetadata(await makeTree(files))).toEqual({});
  });

  test("are not read through links", async () => {
    const victim = await makeTree({ HEAD: `${commit}\n` });
    const app = await makeTree();
    await symlink(victim, join(app, ".git"));
    expect(await readGitMetadata(app)).toEqual({});
  });
});
