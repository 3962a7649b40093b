import * as z from "zod";

/** A version of a buildpack in the registry of the Cloud Native Buildpacks project. */
export interface RegistryEntry {
  /** The file of the index that has all versions of the buildpack, one per line. */
  path: string;
  /** The line that the registry adds to it. */
  line: string;
  /** The title and the body of the issue that asks for it. */
  request: { title: string; body: string };
}

const address = z
  .string()
  .regex(/^[a-z0-9.-]+\.[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/, {
    error: "expected HOST/NAME@sha256:DIGEST",
  });

/**
 * What the registry index (buildpacks/registry-index) gets for a version.
 *
 * @param id - of the buildpack, `namespace/name`.
 * @param image - the package in a container registry, by its digest: `HOST/NAME@sha256:…`.
 * @throws ZodError if `image` has another form.
 */
export function registryEntry(id: string, version: string, image: string): RegistryEntry {
  const addr = address.parse(image);
  const [ns = "", name = ""] = id.split("/");
  const request = `id = "${id}"\nversion = "${version}"\naddr = "${addr}"\n`;
  return {
    path: `${directoryOf(name)}/${ns}_${name}`,
    line: JSON.stringify({ ns, name, version, yanked: false, addr }),
    request: { title: `ADD ${id}@${version}`, body: `\`\`\`\n${request}\n\`\`\`` },
  };
}

/** The index has directories by the first four letters of a name, as Cargo's has. */
function directoryOf(name: string): string {
  if (name.length < 3) return String(name.length);
  return name.length === 3 ? `3/${name.slice(0, 2)}` : `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}
