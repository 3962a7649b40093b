/** Something in a layer, with what both formats contain about it. */
export interface Component {
  name: string;
  version: string;
  /** A package URL, which identifies the component. */
  purl: string;
  /** As the component names them: SPDX identifiers or other names. */
  licenses: readonly string[];
  /** The checksum of its archive, in hex. */
  sha256?: string | undefined;
  /** The same with SHA-512, which npm uses. Only CycloneDX documents contain it. */
  sha512?: string | undefined;
  /** Its name in vulnerability databases, as CPE 2.3. */
  cpe?: string | undefined;
  homepage?: string | undefined;
}

/** The subject of a document, and the buildpack that wrote it. */
export interface Subject {
  /** The layer. */
  name: string;
  buildpack: { id: string; version: string };
}

/** Sorted by package URL, without duplicates, so that documents are reproducible. */
export function inOrder(components: readonly Component[]): Component[] {
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
