import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { buildpackId } from "./names.ts";
import { readTomlFile, tryReadTomlFile } from "./toml-file.ts";

const text = z.string().optional();
const texts = z.array(z.string());
const metadata = z.record(z.string(), z.unknown());
// The spec wants three numbers; lifecycles take any text.
const version = z.string();
const api = z.string().regex(/^\d+(\.\d+)?$/, "expected `<major>.<minor>`");
const license = z.object({ type: text, uri: text });
const stack = z.object({ id: z.string() });
const distro = z.object({ name: text, version: text });
const order = z.array(
  z.object({
    group: z.array(z.object({ id: z.string(), version, optional: z.boolean().optional() })),
  }),
);

// The spec says `variant`, but lifecycles only read `arch-variant`.
const targetOnDisk = z.object({
  os: text,
  arch: text,
  variant: text,
  "arch-variant": text,
  distros: z.array(distro).optional(),
});

/** A missing field matches anything. */
const targetInside = z.object({
  os: text,
  arch: text,
  archVariant: text,
  distros: z.array(distro),
});

const onDisk = z.object({
  api,
  buildpack: z.object({
    id: z.string(),
    version,
    name: text,
    homepage: text,
    description: text,
    // What lifecycles do not use, they read as nothing if it has another type.
    keywords: texts.optional().catch(undefined),
    licenses: z.array(license).optional().catch(undefined),
    "clear-env": z.boolean().optional(),
    "sbom-formats": texts.optional(),
    "exec-env": texts.optional(),
  }),
  targets: z.array(targetOnDisk).optional(),
  stacks: z.array(stack).optional(),
  order: order.optional(),
  metadata: metadata.optional().catch(undefined),
});

const nameless = onDisk.extend({
  buildpack: onDisk.shape.buildpack.partial({ id: true, version: true }).default({}),
});

const inside = z.object({
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
    /** The execution environments that it is for; all where there are none. */
    execEnv: texts.optional(),
  }),
  targets: z.array(targetInside),
  stacks: z.array(stack),
  /** Only a composite buildpack has one. */
  order: order.optional(),
  metadata,
});

/** The contents of `buildpack.toml`. */
export type BuildpackDescriptor = z.output<typeof inside>;

/** buildpack.toml (TOML). */
export const buildpackDescriptorCodec = z.codec(onDisk, inside, {
  decode: ({ buildpack, order: groups = [], ...disk }) => {
    const { "clear-env": clearEnv = false, "sbom-formats": sbomFormats = [], ...named } = buildpack;
    const { "exec-env": execEnv, ...about } = named;
    const { keywords = [], licenses = [] } = about;
    return {
      ...disk,
      buildpack: {
        ...about,
        keywords,
        licenses,
        clearEnv,
        sbomFormats,
        ...(execEnv ? { execEnv } : {}),
      },
      targets: (disk.targets ?? []).map(decodeTarget),
      stacks: disk.stacks ?? [],
      ...(groups.length > 0 ? { order: groups } : {}),
      metadata: disk.metadata ?? {},
    };
  },
  encode: ({ buildpack: { clearEnv, sbomFormats, execEnv, ...about }, targets, ...rest }) => ({
    ...rest,
    buildpack: {
      ...{ ...about, "clear-env": clearEnv, "sbom-formats": sbomFormats },
      ...(execEnv ? { "exec-env": execEnv } : {}),
    },
    targets: targets.map(encodeTarget),
  }),
});

/** The ID and the version by which an order names a buildpack. */
export interface BuildpackName {
  id: string;
  version: string;
}

/**
 * Reads `<buildpackDir>/buildpack.toml`. If `apis` are given, checks the API first: a descriptor of a newer API
 * may have another format.
 *
 * @param called - replaces what the descriptor itself says, if anything.
 * @throws BuildpackError `cnb/buildpack-api-unsupported`, or `cnb/file-invalid` with the key.
 */
export async function readBuildpackDescriptor(
  buildpackDir: string,
  apis?: readonly string[],
  called?: BuildpackName,
): Promise<BuildpackDescriptor> {
  const path = join(buildpackDir, "buildpack.toml");
  if (apis) {
    const { api: declared = "" } = await readTomlFile(path, z.object({ api: text }));
    if (!apis.includes(declared)) {
      throw new BuildpackError({ code: "cnb/buildpack-api-unsupported", path, api: declared });
    }
  }
  return await readTomlFile(path, called ? codecFor(called) : buildpackDescriptorCodec);
}

function codecFor(called: BuildpackName) {
  return nameless
    .transform(({ buildpack, ...rest }) => ({ ...rest, buildpack: { ...buildpack, ...called } }))
    .pipe(buildpackDescriptorCodec);
}

/**
 * The groups of a composite buildpack, with the names that each lists. Empty if the descriptor cannot be read.
 */
export async function readOrderOf(buildpackDir: string): Promise<z.output<typeof order>> {
  const path = join(buildpackDir, "buildpack.toml");
  const file = await tryReadTomlFile(path, z.object({ order: order.optional() }));
  return file.state === "read" ? (file.value.order ?? []) : [];
}

function decodeTarget(disk: z.output<typeof targetOnDisk>): z.input<typeof targetInside> {
  const { os, arch, distros = [] } = disk;
  return { os, arch, archVariant: disk["arch-variant"], distros };
}

function encodeTarget(target: z.output<typeof targetInside>): z.input<typeof targetOnDisk> {
  const { os, arch, archVariant, distros } = target;
  return { os, arch, variant: archVariant, "arch-variant": archVariant, distros };
}
