import { join } from "node:path";
import { expect, test } from "vitest";
import { writeBillsOfMaterials } from "../../../../src/buildpack/report/write-bills-of-materials.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { gemsMetadata } from "../../../support/gems-metadata.ts";
import { lockedWith } from "../../../support/locked.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const gemspec = (name: string) =>
  `Gem::Specification.new do |s|\n  s.name = "${name}"\n  s.version = "1.0"\nend\n`;

const layers = {
  "gems/specifications/rack-1.0.gemspec": gemspec("rack"),
  "ruby/lib/ruby/gems/3.3.0/specifications/default/json-1.0.gemspec": gemspec("json"),
};

async function write(sbomFormats: string[], more: Record<string, string> = {}) {
  const layersDir = await makeTree({ ...layers, ...more });
  const context = makeBuildContext({ input: { layersDir } });
  context.input.descriptor.buildpack.sbomFormats = sbomFormats;
  const at = (name: string) => join(layersDir, name);
  await writeBillsOfMaterials(context, {
    installed: {
      places: {
        app: "/workspace",
        gemfile: "Gemfile",
        gems: at("gems"),
        bundler: "bundler" in more ? at("bundler") : undefined,
        ruby: at("ruby"),
      },
      bundleGroups: {},
      rubyVersion: "3.3.8",
      ruby: { engine: "ruby", version: "3.3.8", checksum: "a".repeat(64) },
      gemsMetadata,
    },
    jemalloc: undefined,
    locked: lockedWith({ rack: "1.0" }),
  });
  const tree = await readTree(layersDir);
  return Object.entries(tree).filter(([path]) => path.includes(".sbom."));
}

test("writes the formats that the descriptor declares, and no other", async () => {
  const cyclonedx = "application/vnd.cyclonedx+json";
  const named = async (formats: string[]) => (await write(formats)).map(([path]) => path);
  expect(await named([cyclonedx, "application/spdx+json"])).toEqual([
    "gems.sbom.cdx.json",
    "gems.sbom.spdx.json",
    "ruby.sbom.cdx.json",
    "ruby.sbom.spdx.json",
  ]);
  expect(await named([cyclonedx])).toEqual(["gems.sbom.cdx.json", "ruby.sbom.cdx.json"]);
  expect(await named([])).toEqual([]);
});

test("tells apart what is in the layers", async () => {
  const bills = new Map(await write(["application/vnd.cyclonedx+json"]));
  expect(bills.get("gems.sbom.cdx.json")).toContain("pkg:gem/rack@1.0");
  expect(bills.get("gems.sbom.cdx.json")).not.toContain("json@1.0");
  expect(bills.get("ruby.sbom.cdx.json")).toContain("pkg:gem/json@1.0");
  expect(bills.get("ruby.sbom.cdx.json")).toContain("pkg:generic/ruby@3.3.8");
});
