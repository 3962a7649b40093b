/** The media types that we write (image-spec). */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** The types of OCI and of Docker for the manifest of one image. */
export const manifestTypes: readonly string[] = [
  mediaTypes.manifest,
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** The types of OCI and of Docker for a list of manifests. */
export const indexTypes: readonly string[] = [
  mediaTypes.index,
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
