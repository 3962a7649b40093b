import * as z from "zod";
import { indexTypes, manifestTypes } from "./media-types.ts";

/** A descriptor of an image index or a manifest (image-spec: Content Descriptors). */
export const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected a SHA-256 digest"),
  size: z.int(),
  platform: z.looseObject({ architecture: z.string(), os: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export type ManifestDescriptor = z.output<typeof descriptorSchema>;

/** An image index (image-spec: Image Index). */
export const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });

/** The manifest of one image (image-spec: Image Manifest). */
export const manifestSchema = z.looseObject({
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

/**
 * The entries of an index that may be, or lead to, the image for linux on `architecture`. Those that name this platform
 * come first, then those that name none, which the specification allows.
 */
export function candidates(
  entries: readonly ManifestDescriptor[],
  architecture: string,
): ManifestDescriptor[] {
  const known = entries.filter(
    ({ mediaType }) => manifestTypes.includes(mediaType) || indexTypes.includes(mediaType),
  );
  const named = known.filter(
    ({ platform }) => platform?.os === "linux" && platform.architecture === architecture,
  );
  return [...named, ...known.filter(({ platform }) => platform === undefined)];
}
