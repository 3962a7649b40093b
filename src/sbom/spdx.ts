import { createHash } from "node:crypto";
import { imageTimeText } from "../system/image-time.ts";
import { type Component, inOrder, type Subject } from "./component.ts";
import { spdxIdentifier } from "./licenses.ts";

/**
 * A bill of materials in SPDX 2.3, as JSON. The same components make the same bytes: the required time is the
 * time of all files in images, and the document's namespace contains a digest of its contents.
 */
export function toSpdx(subject: Subject, components: readonly Component[]): string {
  const { name, buildpack } = subject;
  const packages = inOrder(components).map(packageOf);
  const digest = createHash("sha256")
    .update(JSON.stringify([subject, packages]))
    .digest("hex");
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: documentId,
    name: `layer ${name}`,
    documentNamespace: `https://spdx.org/spdxdocs/${buildpack.id.replace("/", "-")}-${name}-${digest}`,
    creationInfo: {
      created: imageTimeText,
      creators: [`Tool: ${buildpack.id.replace("/", "-")}-${buildpack.version}`],
    },
    packages,
    relationships: packages.map(({ SPDXID }) => ({
      spdxElementId: documentId,
      relationshipType: "DESCRIBES",
      relatedSpdxElement: SPDXID,
    })),
    ...extractedLicences(components),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const documentId = "SPDXRef-DOCUMENT";

function packageOf(component: Component, index: number) {
  const { name, version, purl, licenses, sha256, cpe, homepage } = component;
  return {
    SPDXID: `SPDXRef-${index + 1}-${idOf(name)}`,
    name,
    versionInfo: version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: licenses.length > 0 ? licenses.map(licenceOf).join(" AND ") : "NOASSERTION",
    copyrightText: "NOASSERTION",
    ...(homepage ? { homepage } : {}),
    ...(sha256 ? { checksums: [{ algorithm: "SHA256", checksumValue: sha256 }] } : {}),
    externalRefs: [
      reference("PACKAGE-MANAGER", "purl", purl),
      ...(cpe ? [reference("SECURITY", "cpe23Type", cpe)] : []),
    ],
  };
}

function reference(referenceCategory: string, referenceType: string, referenceLocator: string) {
  return { referenceCategory, referenceType, referenceLocator };
}

function licenceOf(name: string): string {
  return spdxIdentifier(name) ?? `LicenseRef-${referenceOf(name)}`;
}

/** A name without a character that identifiers may have gets a digest. */
function referenceOf(name: string): string {
  const id = idOf(name);
  return /[A-Za-z0-9]/.test(id) ? id : createHash("sha256").update(name).digest("hex").slice(0, 12);
}

/** Licenses that are not on the SPDX License List. Only their names are known. */
function extractedLicences(components: readonly Component[]): object {
  const names = components.flatMap(({ licenses }) => licenses);
  const others = [...new Set(names.filter((name) => spdxIdentifier(name) === undefined))].sort();
  if (others.length === 0) return {};
  // Names that differ only in punctuation have one identifier.
  const byId = new Map(others.map((name) => [licenceOf(name), name]));
  const infos = [...byId].map(([licenseId, name]) => ({ licenseId, extractedText: name, name }));
  return { hasExtractedLicensingInfos: infos };
}

/** Identifiers may contain only letters, digits, `.` and `-`. */
function idOf(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, "-");
}
