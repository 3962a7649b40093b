import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { buildpackId } from "./names.ts";
import { readTomlFile } from "./toml-file.ts";

const text = z.string().optional();
const texts = z.array(z.string());
const metadata = z.record(z.string(), z.unknown());
const version = z
  .string()
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, "expected `X.Y.Z` without leading zeros");
const api = z.string().regex(/^\d+(\.\d+)?$/, "expected `<major>.<minor>`");
const license = z.object({ type: text, uri: text });
const stack = z.object({ id: z.string() });
const distro = z.object({ name: text, version: text });
const order = z.array(
  z.object({
    group: z.array(z.object({ id: z.string(), version, optional: z.boolean().optional() })),
  }),
);

const onDisk = z.object({
  api,
  buildpack: z.object({
    id: z.string(),
    version,
    name: text,
    homepage: text,
    description: text,
    keywords: texts.optional(),
    licenses: z.array(license).optional(),
    "clear-env": z.boolean().optional(),
    "sbom-formats": texts.optional(),
  }),
  targets: z
    .array(
      z.object({
        os: text,
        arch: text,
        variant: text,
        "arch-variant": text,
        distros: z.array(distro).optional(),
      }),
    )
    .optional(),
  stacks: z.array(stack).optional(),
  order: order.optional(),
  metadata: metadata.optional(),
});

const inside = z
  .object({
    api,
    buildpack: z.object({
      id: buildpackId,
      version,
      name: text,
      homepage: text,
      description: text,
      keywords: texts,
      licenses: z.array(license),
      clearEnv: z.boolean(),
      sbomFormats: texts,
    }),
    /** A field that is not there matches anything. */
    targets: z.array(
      z.object({ os: text, arch: text, archVariant: text, distros: z.array(distro) }),
    ),
    stacks: z.array(stack),
    /** Only a composite buildpack has one. */
    order: order.optional(),
    metadata,
  })
  .refine(({ order, targets, stacks }) => !order || targets.length + stacks.length === 0, {
    error: "a buildpack with an `order` has neither `targets` nor `stacks`",
  });

/** `buildpack.toml`: who a buildpack is, where it runs, what it writes. */
export type BuildpackDescriptor = z.output<typeof inside>;

/** buildpack.toml (TOML). The spec calls a target's variant `variant`, lifecycles `arch-variant`. */
export const buildpackDescriptorCodec = z.codec(onDisk, inside, {
  decode: ({ buildpack, ...disk }) => {
    const { "clear-env": clearEnv = false, "sbom-formats": sbomFormats = [], ...about } = buildpack;
    const { keywords = [], licenses = [] } = about;
    return {
      ...disk,
      buildpack: { ...about, keywords, licenses, clearEnv, sbomFormats },
      targets: (disk.targets ?? []).map(({ variant, "arch-variant": named, ...target }) => ({
        ...target,
        archVariant: named ?? variant,
        distros: target.distros ?? [],
      })),
      stacks: disk.stacks ?? [],
      metadata: disk.metadata ?? {},
    };
  },
  encode: ({ buildpack: { clearEnv, sbomFormats, ...about }, targets, ...rest }) => ({
    ...rest,
    buildpack: { ...about, "clear-env": clearEnv, "sbom-formats": sbomFormats },
    targets: targets.map(({ archVariant, ...target }) => ({
      ...target,
      "arch-variant": archVariant,
      variant: archVariant,
    })),
  }),
});

/**
 * Reads `<buildpackDir>/buildpack.toml`. Where `apis` are given, the API is looked at before all
 * else, so that a descriptor of an API to come is refused for what it is.
 *
 * @throws BuildpackError `cnb/buildpack-api-unsupported`, or `cnb/file-invalid` with the key.
 */
export async function readBuildpackDescriptor(
  buildpackDir: string,
  apis?: readonly string[],
): Promise<BuildpackDescriptor> {
  const path = join(buildpackDir, "buildpack.toml");
  if (apis) {
    const declared = await readTomlFile(path, z.object({ api }));
    if (!apis.includes(declared.api)) {
      throw new BuildpackError({ code: "cnb/buildpack-api-unsupported", path, api: declared.api });
    }
  }
  return await readTomlFile(path, buildpackDescriptorCodec);
}
