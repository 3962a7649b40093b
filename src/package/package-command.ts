import { mkdir, mkdtemp, rename, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import type { Target } from "../cnb/target.ts";
import {
  type IndexEntry,
  refName,
  writeImage,
  writeIndex,
  writeNestedIndex,
} from "../oci/layout.ts";
import type { Image } from "../oci/image.ts";
import type { Printer, Section } from "../output/printer.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import { removeTree } from "../system/files.ts";
import { blobsOf, makeBuildpackImage } from "./buildpack-image.ts";
import { writeCnb } from "./cnb-file.ts";
import { obtainRuntime } from "./node-runtime.ts";
import { writeNpmTarball } from "./npm-tarball.ts";
import type { Architecture, PackageLine } from "./package-options.ts";
import { checkShippedFiles } from "./shipped-files.ts";

export interface PackageContext {
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** The checkout that is packaged. Its `dist` must be built. */
  checkout: string;
  printer: Printer;
  signal: AbortSignal;
  /** Puts the artifacts that a build of an app installs into a directory of the buildpack. */
  embed: (request: EmbedRequest) => Promise<void>;
}

export interface EmbedRequest {
  app: string;
  target: Pick<Target, "os" | "arch" | "distro">;
  directory: string;
  section: Section;
}

/**
 * `lapidary package`: makes
 *
 *     <out>/<name>-<version>-linux-<arch>.cnb   for `pack build --buildpack FILE`, one per architecture
 *     <out>/<name>-<version>.oci/               an image layout of all of them, for registries
 *     <out>/lapidary-<version>.tgz              for `npm install`
 *
 * The same checkout and the same npm packages give the same bytes.
 *
 * @throws BuildpackError `package/checkout-incomplete`, `package/runtime-unavailable`.
 */
export async function packageCommand(line: PackageLine, context: PackageContext): Promise<void> {
  const { cwd, checkout, printer } = context;
  await checkShippedFiles(checkout);
  const { id, version } = (await readBuildpackDescriptor(checkout)).buildpack;
  const out = resolve(cwd, line.out);
  await mkdir(out, { recursive: true });
  const work = await mkdtemp(join(out, ".work-"));
  const suffix = line.offline === undefined ? "" : "-offline";
  const name = `${id.replaceAll("/", "-")}${suffix}-${version}`;
  try {
    printer.header(`${id} ${version}`);
    const made: Made[] = [];
    for (const architecture of line.architectures) {
      made.push(await makePackage({ line, context, architecture, name, out, work }));
    }
    await makeLayout({ context, name, version, out, work, made });
    await makeNpmTarball(context, out);
  } finally {
    await removeTree(work);
  }
}

interface Made {
  image: Image;
  architecture: Architecture;
}

interface PackageRequest {
  line: PackageLine;
  context: PackageContext;
  architecture: Architecture;
  name: string;
  out: string;
  work: string;
}

async function makePackage(request: PackageRequest): Promise<Made> {
  const { context, architecture, name, out, work } = request;
  return await context.printer.section(`linux/${architecture}`, async (section) => {
    const runtime = await obtainRuntime({
      ...context,
      architecture,
      cache: cacheDirectory(context.env),
      section,
    });
    const extra = await embedArtifacts(request, section);
    const layout = join(work, architecture);
    const { checkout } = context;
    const image = await section.timed(
      "Compressing the payload",
      async () =>
        await makeBuildpackImage({
          checkout,
          architecture,
          runtime,
          extra,
          blobs: blobsOf(layout),
        }),
    );
    await writeIndex(layout, [await writeImage(layout, image)]);
    const path = join(out, `${name}-linux-${architecture}.cnb`);
    await writeCnb(layout, path);
    const [layer] = image.layers;
    section.say(`Payload \`${mebibytes(layer?.size ?? 0)}\` compressed`);
    await sayWritten(section, path, context);
    return { image, architecture };
  });
}

async function embedArtifacts(
  { line, context, architecture, work }: PackageRequest,
  section: Section,
): Promise<string | undefined> {
  if (line.offline === undefined) return undefined;
  const directory = join(work, `offline-${architecture}`);
  await mkdir(directory);
  const { distro } = line;
  const target = { os: "linux", arch: architecture, ...(distro ? { distro } : {}) };
  const app = resolve(context.cwd, line.offline);
  await context.embed({ app, target, directory, section });
  return directory;
}

interface LayoutRequest {
  context: PackageContext;
  name: string;
  version: string;
  out: string;
  work: string;
  made: readonly Made[];
}

/** Writes all architectures under one name: a registry then gives each machine its own image. */
async function makeLayout(request: LayoutRequest): Promise<void> {
  const { context, name, version, out, work, made } = request;
  await context.printer.section("Image layout for registries", async (section) => {
    const staged = join(work, "layout");
    const entries: IndexEntry[] = [];
    for (const { image } of made) entries.push(await writeImage(staged, image));
    const index = await writeNestedIndex(staged, entries);
    await writeIndex(staged, [{ ...index, annotations: { [refName]: version } }]);
    const path = join(out, `${name}.oci`);
    await removeTree(path);
    await rename(staged, path);
    section.say(`Wrote \`${relative(context.cwd, path)}\``);
    const from = `oci:${relative(context.cwd, path)}:${version}`;
    section.detail(`Push it with \`skopeo copy --all ${from} docker://REGISTRY/NAME:${version}\``);
  });
}

async function makeNpmTarball(context: PackageContext, out: string): Promise<void> {
  const { checkout, printer } = context;
  await printer.section("npm package", async (section) => {
    const { version } = (await readBuildpackDescriptor(checkout)).buildpack;
    const path = join(out, `lapidary-${version}.tgz`);
    await writeNpmTarball(checkout, path);
    await sayWritten(section, path, context);
  });
}

async function sayWritten(section: Section, path: string, { cwd }: PackageContext): Promise<void> {
  const { size } = await stat(path);
  section.say(`Wrote \`${relative(cwd, path)}\`, \`${mebibytes(size)}\``);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
