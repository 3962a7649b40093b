import { chmod, readlink, symlink, writeFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeLinksRelative, relocate } from "../../../../src/classic/adapter/relocate.ts";
import { makeTree, modeOf, readTree } from "../../../support/tree.ts";

describe("relocate", () => {
  test("rewrites text files of any mode and encoding, and no binaries", async () => {
    const tree = await makeTree({
      "bin/tool": "#!/tmp/b/ruby\n",
      "read-only": "x=/tmp/b\n",
      binary: "/tmp/b\0",
      other: "/tmp/bc\n",
    });
    await writeFile(join(tree, "latin"), Buffer.from("\xe9 /tmp/b/x\n", "latin1"));
    await chmod(join(tree, "bin/tool"), 0o755);
    await chmod(join(tree, "read-only"), 0o444);
    await relocate(tree, "/tmp/b", "/app");
    const { latin: _, ...texts } = await readTree(tree);
    expect(texts).toEqual({
      "bin/tool": "#!/app/ruby\n",
      binary: "/tmp/b\0",
      other: "/tmp/bc\n",
      "read-only": "x=/app\n",
    });
    expect(await readFile(join(tree, "latin"), "latin1")).toBe("\xe9 /app/x\n");
    expect([await modeOf(join(tree, "bin/tool")), await modeOf(join(tree, "read-only"))]).toEqual([
      0o755, 0o444,
    ]);
  });
});

describe("makeLinksRelative", () => {
  test("links into the tree become relative; others stay", async () => {
    const tree = await makeTree({ "a/b/": "", "c/file": "" });
    await symlink("/app/c/file", join(tree, "a/b/in"));
    await symlink("/app", join(tree, "top"));
    await symlink("/application/x", join(tree, "a/out"));
    await symlink("../c", join(tree, "a/relative"));
    await makeLinksRelative(tree, "/app");
    const links = ["a/b/in", "top", "a/out", "a/relative"].map((name) =>
      readlink(join(tree, name)),
    );
    expect(await Promise.all(links)).toEqual(["../../c/file", ".", "/application/x", "../c"]);
  });
});
