/** Something that stands in a layer, as both formats tell it. */
export interface Component {
  name: string;
  version: string;
  /** A package URL, which identifies the component in a document and beyond it. */
  purl: string;
  /** As the component names them: SPDX identifiers, or names of its own. */
  licenses: readonly string[];
  /** Of the archive that it came from, in hex. */
  sha256?: string | undefined;
  /** How databases of vulnerabilities call it, in the form CPE 2.3. */
  cpe?: string | undefined;
  homepage?: string | undefined;
}

/** What a document is about, and who says so. */
export interface Subject {
  /** The layer. */
  name: string;
  buildpack: { id: string; version: string };
}

/** By package URL, bytewise; one that is there twice counts once. Documents then never depend on chance. */
export function inOrder(components: readonly Component[]): Component[] {
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
