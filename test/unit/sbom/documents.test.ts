import { describe, expect, test } from "vitest";
import type { Component } from "../../../src/sbom/component.ts";
import { toCycloneDx } from "../../../src/sbom/cyclonedx.ts";
import { toSpdx } from "../../../src/sbom/spdx.ts";
import { cycloneDxProblems, spdxProblems } from "../../support/builds/sbom-schemas.ts";

const subject = { name: "gems", buildpack: { id: "some/ruby", version: "1.2.3" } };

const rack: Component = {
  name: "rack",
  version: "3.2.8",
  purl: "pkg:gem/rack@3.2.8",
  licenses: ["MIT"],
  sha256: "ab".repeat(32),
  homepage: "https://rack.example.com",
};
const odd: Component = {
  name: "a_b",
  version: "1.0.pre1",
  purl: "pkg:gem/a_b@1.0.pre1",
  licenses: ["Nonstandard (mine)", "apache-2.0"],
};
const ruby: Component = {
  name: "ruby",
  version: "3.3.8",
  purl: "pkg:generic/ruby@3.3.8",
  licenses: ["Ruby", "BSD-2-Clause"],
  cpe: "cpe:2.3:a:ruby-lang:ruby:3.3.8:*:*:*:*:*:*:*",
};

describe.each([
  ["CycloneDX 1.6", toCycloneDx, cycloneDxProblems],
  ["SPDX 2.3", toSpdx, spdxProblems],
] as const)("%s", (_, write, problemsOf) => {
  test.each([[[]], [[rack]], [[rack, odd, ruby]]])("is valid by its own schema", (components) => {
    expect(problemsOf(JSON.parse(write(subject, components)))).toEqual([]);
  });

  test("is distinguished from invalid documents", () => {
    const document = JSON.parse(write(subject, [rack])) as Record<string, unknown>;
    const broken = { ...document, bomFormat: "other", dataLicense: 7 };
    expect(problemsOf(broken)).not.toEqual([]);
  });

  test("has the same bytes, in whatever order and however often components are found", () => {
    const once = write(subject, [rack, odd, ruby]);
    expect(write(subject, [ruby, odd, rack, odd])).toBe(once);
    expect(write(subject, [rack, odd])).not.toBe(once);
  });
});

test("CycloneDX contains names, versions, package URLs, licenses and checksums", () => {
  const { components } = JSON.parse(toCycloneDx(subject, [rack, odd, ruby])) as {
    components: object[];
  };
  expect(components).toMatchObject([
    {
      name: "a_b",
      licenses: [{ license: { name: "Nonstandard (mine)" } }, { license: { id: "Apache-2.0" } }],
    },
    {
      name: "rack",
      version: "3.2.8",
      purl: "pkg:gem/rack@3.2.8",
      licenses: [{ license: { id: "MIT" } }],
      hashes: [{ alg: "SHA-256", content: "ab".repeat(32) }],
      externalReferences: [{ type: "website", url: "https://rack.example.com" }],
    },
    { name: "ruby", cpe: "cpe:2.3:a:ruby-lang:ruby:3.3.8:*:*:*:*:*:*:*" },
  ]);
});

test("SPDX contains them too, and describes licenses that are not on the list", () => {
  const document = JSON.parse(toSpdx(subject, [rack, odd, ruby])) as Record<string, object[]>;
  expect(document["packages"]).toMatchObject([
    { name: "a_b", licenseDeclared: "LicenseRef-Nonstandard-mine- AND Apache-2.0" },
    {
      name: "rack",
      versionInfo: "3.2.8",
      licenseDeclared: "MIT",
      checksums: [{ algorithm: "SHA256", checksumValue: "ab".repeat(32) }],
      externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:gem/rack@3.2.8" }],
    },
    {
      name: "ruby",
      licenseDeclared: "Ruby AND BSD-2-Clause",
      externalRefs: [{ referenceType: "purl" }, { referenceType: "cpe23Type" }],
    },
  ]);
  expect(document["hasExtractedLicensingInfos"]).toEqual([
    {
      licenseId: "LicenseRef-Nonstandard-mine-",
      extractedText: "Nonstandard (mine)",
      name: "Nonstandard (mine)",
    },
  ]);
  expect(document["relationships"]).toHaveLength(3);
});

test("SPDX gives a license whose name has no letter an identifier of its own", () => {
  const licenses = ["許諾", "自由"];
  const document = JSON.parse(toSpdx(subject, [{ ...rack, licenses }])) as {
    hasExtractedLicensingInfos: { licenseId: string; name: string }[];
  };
  const infos = document.hasExtractedLicensingInfos;
  expect(infos.map(({ name }) => name).sort()).toEqual([...licenses].sort());
  for (const { licenseId } of infos) expect(licenseId).toMatch(/^LicenseRef-[0-9a-f]{12}$/);
});

test("SPDX names the document after its contents", () => {
  const namespaceOf = (components: Component[]) =>
    (JSON.parse(toSpdx(subject, components)) as { documentNamespace: string }).documentNamespace;
  expect(namespaceOf([rack])).toMatch(
    /^https:\/\/spdx\.org\/spdxdocs\/some-ruby-gems-[0-9a-f]{64}$/,
  );
  expect(namespaceOf([rack])).not.toBe(namespaceOf([odd]));
});
