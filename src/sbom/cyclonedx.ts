import { type Component, inOrder, type Subject } from "./component.ts";
import { spdxIdentifier } from "./licenses.ts";

/** The bill of materials of a layer in CycloneDX 1.6, as JSON. The same components make the same bytes. */
export function toCycloneDx(subject: Subject, components: readonly Component[]): string {
  const { name, buildpack } = subject;
  const layer = { type: "container", "bom-ref": `layer:${name}`, name: `layer ${name}` };
  return documentOf(layer, buildpack, components);
}

/** The same of a buildpack itself. */
export function applicationCycloneDx(
  buildpack: Subject["buildpack"],
  components: readonly Component[],
): string {
  const { id, version } = buildpack;
  const application = { type: "application", "bom-ref": `${id}@${version}`, name: id, version };
  return documentOf(application, buildpack, components);
}

/** Without a serial number and a time, which would be other ones each time. */
function documentOf(
  subject: object,
  buildpack: Subject["buildpack"],
  components: readonly Component[],
): string {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      tools: {
        components: [{ type: "application", name: buildpack.id, version: buildpack.version }],
      },
      component: subject,
    },
    components: inOrder(components).map(componentOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function componentOf(component: Component) {
  const { name, version, purl, licenses, cpe, homepage } = component;
  const hashes = hashesOf(component);
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    ...(hashes.length > 0 ? { hashes } : {}),
    ...(licenses.length > 0 ? { licenses: licenses.map(licenceOf) } : {}),
    ...(cpe ? { cpe } : {}),
    purl,
    ...(homepage ? { externalReferences: [{ type: "website", url: homepage }] } : {}),
  };
}

function hashesOf({ sha256, sha512 }: Component) {
  return [
    ...(sha256 ? [{ alg: "SHA-256", content: sha256 }] : []),
    ...(sha512 ? [{ alg: "SHA-512", content: sha512 }] : []),
  ];
}

function licenceOf(name: string) {
  const id = spdxIdentifier(name);
  return { license: id === undefined ? { name } : { id } };
}
