/** A label of the image. */
export interface ImageLabel {
  key: string;
  value: string;
}

/** The keys of the OCI image specification (annotations), by the variables that set them. */
const ofOci = [
  ...["authors", "created", "description", "documentation", "licenses", "ref.name"],
  ...["revision", "source", "title", "url", "vendor", "version"],
].map((name) => ({
  variable: `BP_OCI_${name.toUpperCase().replace(".", "_")}`,
  key: `org.opencontainers.image.${name}`,
}));

/**
 * The labels that the user wants for the image: those of `BP_OCI_SOURCE` and similar variables, then those of
 * `BP_IMAGE_LABELS`. Of two labels with the same key, the later one wins.
 */
export function imageLabels(
  env: Readonly<Record<string, string>>,
  given: readonly ImageLabel[] = [],
): ImageLabel[] {
  const labels = new Map<string, string>();
  for (const { variable, key } of ofOci) {
    const value = env[variable]?.trim();
    if (value) labels.set(key, value);
  }
  for (const { key, value } of given) labels.set(key, value);
  return [...labels].map(([key, value]) => ({ key, value }));
}
