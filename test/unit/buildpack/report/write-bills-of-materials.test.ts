import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { writeBillsOfMaterials } from "../../../../src/buildpack/report/write-bills-of-materials.ts";
import { elfLibrary } from "../../../support/builds/elf.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { lockedWith } from "../../../support/builds/locked.ts";
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
  const installed = makeInstalled(layersDir);
  const locked = lockedWith({ rack: "1.0" });
  await writeBillsOfMaterials(context, { locked }, installed, undefined);
  const tree = await readTree(layersDir);
  return Object.entries(tree).filter(([path]) => path.includes(".sbom."));
}

test("writes only the formats that the descriptor declares", async () => {
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

test("writes the OpenSSL that a portable Ruby contains", async () => {
  const layersDir = await makeTree(layers);
  const path = join(layersDir, "ruby/lib/ruby/3.3.0/x86_64-linux/openssl.so");
  await mkdir(dirname(path), { recursive: true });
  const library = elfLibrary({ needed: ["libc.so.6"] });
  await writeFile(path, Buffer.concat([library, Buffer.from("OpenSSL 3.6.2 7 Apr 2026")]));
  const context = makeBuildContext({ input: { layersDir } });
  context.input.descriptor.buildpack.sbomFormats = ["application/spdx+json"];
  const locked = lockedWith({ rack: "1.0" });
  await writeBillsOfMaterials(context, { locked }, makeInstalled(layersDir), undefined);
  const bill = await readFile(join(layersDir, "ruby.sbom.spdx.json"), "utf8");
  expect(bill).toContain("pkg:generic/openssl@3.6.2");
});

test("writes for each layer what it contains", async () => {
  const bills = new Map(await write(["application/vnd.cyclonedx+json"]));
  expect(bills.get("gems.sbom.cdx.json")).toContain("pkg:gem/rack@1.0");
  expect(bills.get("gems.sbom.cdx.json")).not.toContain("json@1.0");
  expect(bills.get("ruby.sbom.cdx.json")).toContain("pkg:gem/json@1.0");
  expect(bills.get("ruby.sbom.cdx.json")).toContain("pkg:generic/ruby@3.3.8");
});
