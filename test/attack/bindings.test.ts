import { mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { withBindings } from "../../src/platform/inputs/named-bindings.ts";
import { failureOf } from "../support/failure.ts";
import { makeTree, readTree } from "../support/tree.ts";

const victims = { "keep/file": "mine", "keep/tmp/other": "mine" };

/** Runs some work while the directory for temporary files is `keep/tmp` of a tree of ours. */
async function withTemporaryDirectory(work: (root: string) => Promise<void>): Promise<void> {
  const root = await makeTree({ ...victims, "database/type": "postgresql" });
  vi.stubEnv("TMPDIR", join(root, "keep/tmp"));
  try {
    // A mistake in the code under test must not reach the real one.
    expect(tmpdir()).toBe(join(root, "keep/tmp"));
    await work(root);
  } finally {
    vi.unstubAllEnvs();
  }
}

test.for([".", ".."])("a binding called `%s` is refused, and nothing is removed", async (name) => {
  await withTemporaryDirectory(async (root) => {
    const binding = `${name}=${root}/database`;
    const failure = await failureOf(withBindings([binding], "/", async () => {}));
    const problem = `\`--binding ${binding}\` cannot be used: a binding cannot have the name \`${name}\``;
    expect(failure).toEqual({ code: "platform/usage", problem });
    expect(await readTree(root)).toMatchObject(victims);
    expect(await readdir(join(root, "keep/tmp"))).toEqual(["other"]);
  });
});

test("a binding whose name is a path is refused, and nothing is removed", async () => {
  await withTemporaryDirectory(async (root) => {
    for (const name of ["../x", "/x", "a/b", "../../keep"]) {
      const work = withBindings([`${name}=${root}/database`], root, async () => {});
      expect(await failureOf(work)).toMatchObject({ code: "platform/usage" });
      expect(await readTree(root)).toMatchObject(victims);
    }
  });
});

test("when the work with bindings ends, only what was made for them is removed", async () => {
  await withTemporaryDirectory(async (root) => {
    await mkdir(join(root, "keep/tmp/lapidary-bindings-other"));
    await withBindings([`orders=${root}/database`], "/", async ([link = ""]) => {
      expect(await readdir(link)).toEqual(["type"]);
    });
    expect(await readTree(root)).toEqual({ ...victims, "database/type": "postgresql" });
    expect(await readdir(join(root, "keep/tmp"))).toEqual(["lapidary-bindings-other", "other"]);
  });
});
