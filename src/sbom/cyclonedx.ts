import { type Component, inOrder, type Subject } from "./component.ts";
import { spdxIdentifier } from "./licenses.ts";

/**
 * A bill of materials in CycloneDX 1.6, as JSON. It has no serial number and no time, so the same components
 * make the same bytes.
 */
export function toCycloneDx(subject: Subject, components: readonly Component[]): string {
  const { name, buildpack } = subject;
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      tools: {
        components: [{ type: "application", name: buildpack.id, version: buildpack.version }],
      },
      component: { type: "container", "bom-ref": `layer:${name}`, name: `layer ${name}` },
    },
    components: inOrder(components).map(componentOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function componentOf({ name, version, purl, licenses, sha256, cpe, homepage }: Component) {
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    ...(sha256 ? { hashes: [{ alg: "SHA-256", content: sha256 }] } : {}),
    ...(licenses.length > 0 ? { licenses: licenses.map(licenceOf) } : {}),
    ...(cpe ? { cpe } : {}),
    purl,
    ...(homepage ? { externalReferences: [{ type: "website", url: homepage }] } : {}),
  };
}

function licenceOf(name: string) {
  const id = spdxIdentifier(name);
  return { license: id === undefined ? { name } : { id } };
}
