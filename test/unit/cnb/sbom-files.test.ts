import { describe, expect, test } from "vitest";
import { readBuildpackDescriptor } from "../../../src/cnb/buildpack-descriptor.ts";
import { parseLayerName } from "../../../src/cnb/names.ts";
import { declaredSbomFormats, removeSboms, writeSboms } from "../../../src/cnb/sbom-files.ts";
import { makeTree, readTree } from "../../support/tree.ts";

describe("Software-Bill-of-Materials", () => {
  test.each([
    ["cyclonedx", "cdx.json"],
    ["spdx", "spdx.json"],
    ["syft", "syft.json"],
  ] as const)("has %s documents end in %s", async (format, extension) => {
    const layers = await makeTree();
    await writeSboms(layers, parseLayerName("ruby"), [{ format, content: "{}" }]);
    expect(await readTree(layers)).toEqual({ [`ruby.sbom.${extension}`]: "{}" });
  });

  test("has documents of the app and of the build itself", async () => {
    const layers = await makeTree();
    await writeSboms(layers, "launch", [{ format: "spdx", content: "{}" }]);
    await writeSboms(layers, "build", [{ format: "spdx", content: "{}" }]);
    expect(Object.keys(await readTree(layers))).toEqual([
      "build.sbom.spdx.json",
      "launch.sbom.spdx.json",
    ]);
  });

  test("replaces all documents of its subject and no others", async () => {
    const layers = await makeTree({ "ruby.sbom.syft.json": "old", "gems.sbom.syft.json": "kept" });
    await writeSboms(layers, parseLayerName("ruby"), [{ format: "spdx", content: "{}" }]);
    expect(Object.keys(await readTree(layers))).toEqual([
      "gems.sbom.syft.json",
      "ruby.sbom.spdx.json",
    ]);
    await removeSboms(layers, parseLayerName("ruby"));
    expect(Object.keys(await readTree(layers))).toEqual(["gems.sbom.syft.json"]);
  });

  test("may be written in the declared formats, whatever parameters they have", async () => {
    const dir = await makeTree({
      "buildpack.toml": `
        api = "0.10"
        [buildpack]
        id = "some/buildpack"
        version = "1.2.3"
        sbom-formats = ["application/vnd.cyclonedx+json;version=1.6", "application/spdx+json"]
      `,
    });
    const formats = declaredSbomFormats(await readBuildpackDescriptor(dir));
    expect(formats).toEqual(["cyclonedx", "spdx"]);
  });
});
