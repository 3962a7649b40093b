import { describe, expect, test } from "vitest";
import { readBuildpackDescriptor } from "../../../src/cnb/buildpack-descriptor.ts";
import { BuildpackError } from "../../../src/failure.ts";
import { makeTree } from "../../support/tree.ts";

const smallest = `
api = "0.10"
[buildpack]
id = "some/buildpack"
version = "1.2.3"
`;

async function read(toml: string, apis?: string[]) {
  return await readBuildpackDescriptor(await makeTree({ "buildpack.toml": toml }), apis);
}

async function problemOf(toml: string): Promise<string> {
  const error: unknown = await read(toml).catch((error: unknown) => error);
  if (!(error instanceof BuildpackError) || error.failure.code !== "cnb/file-invalid") throw error;
  expect(error.failure.path).toMatch(/\/buildpack\.toml$/);
  return error.failure.problem;
}

describe("buildpack.toml (TOML)", () => {
  test("needs an api, an id and a version, and no more", async () => {
    expect(await read(smallest)).toEqual({
      api: "0.10",
      buildpack: {
        id: "some/buildpack",
        version: "1.2.3",
        keywords: [],
        licenses: [],
        clearEnv: false,
        sbomFormats: [],
      },
      targets: [],
      stacks: [],
      metadata: {},
    });
  });

  test("reads every optional key", async () => {
    const descriptor = await read(`
      api = "0.10"
      [buildpack]
      id = "some/buildpack"
      version = "1.2.3"
      name = "Some"
      homepage = "https://example.com"
      description = "Does something"
      keywords = ["some"]
      clear-env = true
      sbom-formats = ["application/spdx+json"]
      [[buildpack.licenses]]
      type = "MIT"
      uri = "https://example.com/license"
      [metadata.versions]
      some = "1"
    `);
    expect(descriptor.buildpack).toEqual({
      id: "some/buildpack",
      version: "1.2.3",
      name: "Some",
      homepage: "https://example.com",
      description: "Does something",
      keywords: ["some"],
      clearEnv: true,
      sbomFormats: ["application/spdx+json"],
      licenses: [{ type: "MIT", uri: "https://example.com/license" }],
    });
    expect(descriptor.metadata).toEqual({ versions: { some: "1" } });
  });

  test.each(["1.2", "1.2.3-rc1", "01.2.3", "v1.2.3"])(
    "accepts version %s, as lifecycles do",
    async (version) => {
      const { buildpack } = await read(smallest.replace("1.2.3", version));
      expect(buildpack.version).toBe(version);
    },
  );

  test("refuses an id that the spec reserves", async () => {
    expect(await problemOf(smallest.replace("some/buildpack", "config"))).toMatch(
      /^buildpack\.id: /,
    );
  });

  test("names the missing key", async () => {
    expect(await problemOf(smallest.replace('id = "some/buildpack"', ""))).toMatch(
      /^buildpack\.id: /,
    );
  });

  test("says where the text is not TOML", async () => {
    expect(await problemOf("api = \n")).toMatch(/line 1/);
  });

  test("says that there is none", async () => {
    const missing = readBuildpackDescriptor(await makeTree());
    await expect(missing).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", problem: "it is missing" },
    });
  });

  test("refuses another API before it looks at anything else", async () => {
    const ofTheFuture = 'api = "2.0"\nbuildpack = "has become a string"\n';
    await expect(read(ofTheFuture, ["0.10"])).rejects.toMatchObject({
      failure: { code: "cnb/buildpack-api-unsupported", api: "2.0" },
    });
  });
});

describe("buildpack.toml (TOML), Targets", () => {
  test("leaves fields that a target lacks open", async () => {
    const { targets } = await read(`${smallest}
      [[targets]]
      os = "linux"
      [[targets]]
      arch = "arm64"
      [[targets.distros]]
      name = "ubuntu"
      version = "24.04"
    `);
    expect(targets).toEqual([
      { os: "linux", distros: [] },
      { arch: "arm64", distros: [{ name: "ubuntu", version: "24.04" }] },
    ]);
  });

  test("reads the variant from `arch-variant`, and not from `variant`, as lifecycles do", async () => {
    const { targets } = await read(
      `${smallest}\n[[targets]]\narch = "arm"\narch-variant = "v7"\n[[targets]]\nvariant = "v6"\n`,
    );
    expect(targets.map(({ archVariant }) => archVariant)).toEqual(["v7", undefined]);
  });

  test("reads stacks of descriptors that declare them", async () => {
    const { stacks } = await read(`${smallest}\n[[stacks]]\nid = "*"\n`);
    expect(stacks).toEqual([{ id: "*" }]);
  });
});

test("buildpack.toml may give other types to what no lifecycle uses", async () => {
  const { buildpack, metadata } = await read(
    `metadata = "m"\n${smallest}\nkeywords = [1]\nlicenses = "MIT"\n`,
  );
  expect({ ...buildpack, metadata }).toMatchObject({ keywords: [], licenses: [], metadata: {} });
});

describe("buildpack.toml (TOML), Order", () => {
  const order = `
    [[order]]
    [[order.group]]
    id = "one/first"
    version = "1.0.0"
    [[order.group]]
    id = "one/second"
    version = "2.0.0"
    optional = true
  `;

  test("reads the groups of a composite buildpack", async () => {
    expect((await read(smallest + order)).order).toEqual([
      {
        group: [
          { id: "one/first", version: "1.0.0" },
          { id: "one/second", version: "2.0.0", optional: true },
        ],
      },
    ]);
  });

  test("is what counts next to targets and stacks, as for lifecycles", async () => {
    const text = `${smallest}\n[[targets]]\nos = "linux"\n[[stacks]]\nid = "*"\n${order}`;
    expect((await read(text)).order).toHaveLength(1);
  });

  test("makes no composite buildpack if it is empty", async () => {
    expect((await read(`order = []\n${smallest}`)).order).toBeUndefined();
  });
});
