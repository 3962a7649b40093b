import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBindings } from "../../../src/cnb/bindings.ts";
import { makeTree } from "../../support/tree.ts";

describe("Service Binding, Workload Projection", () => {
  test("reads type, provider and secrets, without the newline that ends each", async () => {
    const dir = await makeTree({
      "db/type": "postgresql\n",
      "db/provider": "bitnami\n",
      "db/uri": "postgres://db\n",
      "db/certificate": "line 1\nline 2\n\n",
    });
    const { bindings, ignored } = await readBindings(dir);
    expect(bindings).toEqual([
      {
        name: "db",
        type: "postgresql",
        provider: "bitnami",
        secrets: new Map([
          ["certificate", "line 1\nline 2\n"],
          ["uri", "postgres://db"],
        ]),
      },
    ]);
    expect(ignored).toEqual([]);
  });

  test("accepts a missing provider", async () => {
    const { bindings } = await readBindings(await makeTree({ "db/type": "postgresql" }));
    expect(bindings).toEqual([{ name: "db", type: "postgresql", secrets: new Map() }]);
  });

  test("sorts bindings by name", async () => {
    const dir = await makeTree({ "b/type": "x", "a/type": "x", "c/type": "x" });
    const { bindings } = await readBindings(dir);
    expect(bindings.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test.each([{ "db/uri": "x" }, { "db/type": "\n", "db/uri": "x" }, { "db/": "" }])(
    "ignores a binding without a type, and says so: %j",
    async (files) => {
      const { bindings, ignored } = await readBindings(await makeTree(files));
      expect(bindings).toEqual([]);
      expect(ignored).toEqual([{ name: "db", because: "it has no `type`" }]);
    },
  );

  test("ignores a secret that is not text or is a broken link, and says so", async () => {
    const dir = await makeTree({ "db/type": "x", "db/key": "\u0000", "db/user": "me" });
    await symlink("nowhere", join(dir, "db/link"));
    const { bindings, ignored } = await readBindings(dir);
    expect(bindings).toEqual([{ name: "db", type: "x", secrets: new Map([["user", "me"]]) }]);
    expect(ignored).toEqual([
      { name: "db", because: "`key`: it is a binary file" },
      { name: "db", because: "`link`: broken link" },
    ]);
  });

  test("follows links into the hidden directories of mounted volumes", async () => {
    const dir = await makeTree({ "db/..2026/type": "redis" });
    await symlink("..2026", join(dir, "db/..data"));
    await symlink("..data/type", join(dir, "db/type"));
    const { bindings, ignored } = await readBindings(dir);
    expect(bindings).toEqual([{ name: "db", type: "redis", secrets: new Map() }]);
    expect(ignored).toEqual([]);
  });

  test("ignores hidden bindings and secrets", async () => {
    const dir = await makeTree({ "..2026/x": "x", "db/type": "redis", "db/.swp": "x" });
    const { bindings, ignored } = await readBindings(dir);
    expect(bindings).toEqual([{ name: "db", type: "redis", secrets: new Map() }]);
    expect(ignored).toEqual([]);
  });

  test("finds none if the directory is missing or contains only files", async () => {
    const dir = await makeTree({ "bindings/README": "x" });
    const none = { bindings: [], ignored: [] };
    expect(await readBindings(join(dir, "nowhere"))).toEqual(none);
    expect(await readBindings(join(dir, "bindings"))).toEqual(none);
  });
});
