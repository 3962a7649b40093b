import * as z from "zod";
import { brokenRules, makeValidator, readPublished } from "../published-schema.ts";

/** What a document breaks of the schema that CycloneDX publishes for 1.6. */
export function cycloneDxProblems(document: unknown): string[] {
  const ajv = makeValidator();
  // Formats for internationalized addresses, which the validator does not bring along.
  for (const format of ["iri-reference", "idn-email"]) ajv.addFormat(format, true);
  // The package refers to its files by their names.
  const referred = ["spdx", "jsf-0.82"];
  for (const name of referred) ajv.addSchema(published(name), `${base}${name}${suffix}`);
  return brokenRules(ajv, published("bom-1.6"), document);
}

const base = "http://cyclonedx.org/schema/";
const suffix = ".SNAPSHOT.schema.json";

function published(name: string): object {
  return readPublished("@cyclonedx/cyclonedx-library", `res/schema/${name}${suffix}`);
}

/** What a document breaks of SPDX 2.3, as far as a list of packages uses it; no other key is allowed. */
export function spdxProblems(document: unknown): string[] {
  const { error } = spdxDocument.safeParse(document);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const spdxId = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
const licenseExpression = z
  .string()
  .regex(/^(NONE|NOASSERTION|[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*)$/);

const spdxPackage = z.strictObject({
  SPDXID: spdxId,
  name: z.string().min(1),
  versionInfo: z.string().min(1),
  downloadLocation: z.union([z.literal("NOASSERTION"), z.literal("NONE"), z.url()]),
  filesAnalyzed: z.literal(false),
  licenseConcluded: licenseExpression,
  licenseDeclared: licenseExpression,
  copyrightText: z.string(),
  homepage: z.url().optional(),
  checksums: z
    .array(
      z.strictObject({
        algorithm: z.literal("SHA256"),
        checksumValue: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .optional(),
  externalRefs: z.array(
    z.discriminatedUnion("referenceType", [
      z.strictObject({
        referenceCategory: z.literal("PACKAGE-MANAGER"),
        referenceType: z.literal("purl"),
        referenceLocator: z.string().startsWith("pkg:"),
      }),
      z.strictObject({
        referenceCategory: z.literal("SECURITY"),
        referenceType: z.literal("cpe23Type"),
        referenceLocator: z.string().regex(/^cpe:2\.3:[aho](:[^:]+){10}$/),
      }),
    ]),
  ),
});

const spdxDocument = z
  .strictObject({
    spdxVersion: z.literal("SPDX-2.3"),
    dataLicense: z.literal("CC0-1.0"),
    SPDXID: z.literal("SPDXRef-DOCUMENT"),
    name: z.string().min(1),
    documentNamespace: z.url().refine((url) => !url.includes("#")),
    creationInfo: z.strictObject({
      created: z.iso.datetime(),
      creators: z.array(z.string().regex(/^(Tool|Person|Organization): ./)).min(1),
    }),
    packages: z.array(spdxPackage),
    relationships: z.array(
      z.strictObject({
        spdxElementId: spdxId,
        relationshipType: z.literal("DESCRIBES"),
        relatedSpdxElement: spdxId,
      }),
    ),
    hasExtractedLicensingInfos: z
      .array(
        z.strictObject({
          licenseId: z.string().regex(/^LicenseRef-[A-Za-z0-9.-]+$/),
          extractedText: z.string().min(1),
          name: z.string().optional(),
        }),
      )
      .optional(),
  })
  .refine(
    ({ packages }) => new Set(packages.map(({ SPDXID }) => SPDXID)).size === packages.length,
    {
      error: "an SPDXID stands for two packages",
    },
  )
  .refine(
    ({ packages, hasExtractedLicensingInfos: infos = [] }) => {
      const described = new Set(infos.map(({ licenseId }) => licenseId));
      const used = packages.flatMap(
        ({ licenseDeclared }) => licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [],
      );
      return used.every((id) => described.has(id));
    },
    { error: "a LicenseRef is described nowhere" },
  );
