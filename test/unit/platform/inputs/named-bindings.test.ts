import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { withBindings } from "../../../../src/platform/inputs/named-bindings.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("withBindings", () => {
  test("passes directories under their own name, or under the name that the user chose", async () => {
    const root = await makeTree({ "database/type": "postgresql", "d=x/type": "odd" });
    const typed = ["database", `orders=${root}/database`, "d=x"];
    let link = "";
    await withBindings(typed, root, async (directories) => {
      expect(directories.map((path) => basename(path))).toEqual(["database", "orders", "d=x"]);
      link = directories[1] ?? "";
      expect(await readFile(join(link, "type"), "utf8")).toBe("postgresql");
      expect(await realpath(link)).toBe(join(root, "database"));
    });
    expect(existsSync(link)).toBe(false);
  });

  test("refuses what is not a directory", async () => {
    for (const typed of ["none", "name=none"]) {
      const work = withBindings([typed], "/", async () => {});
      expect(await failureOf(work)).toMatchObject({ code: "platform/usage" });
    }
  });
});
