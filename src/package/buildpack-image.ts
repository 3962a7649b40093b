import { join } from "node:path";
import { type BuildpackDescriptor, readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import { type LayerBlob, writeLayer } from "../oci/blob.ts";
import type { Image } from "../oci/image.ts";
import { tarOf } from "../oci/tar.ts";
import type { TarEntry } from "../oci/tar-header.ts";
import { imageTimeText } from "../system/image-time.ts";
import { packageLabels } from "./labels.ts";
import { type NodeRuntime, packageNames } from "./node-runtime.ts";
import { ownBill } from "./own-bill.ts";
import type { Architecture } from "./package-options.ts";
import {
  descriptorFor,
  extraEntries,
  madeDirectory,
  madeEntry,
  shippedEntries,
  shippedManifest,
} from "./shipped-files.ts";

export interface BuildpackImageRequest {
  /** A checkout whose `dist` is built. */
  checkout: string;
  architecture: Architecture;
  runtime: NodeRuntime;
  /** A directory whose files are shipped in addition. */
  extra: string | undefined;
  /** The directory for blobs. */
  blobs: string;
}

/** Makes an image that contains only the buildpack, for one architecture. */
export async function makeBuildpackImage(request: BuildpackImageRequest): Promise<Image> {
  const { checkout, architecture, blobs } = request;
  const descriptor = await readBuildpackDescriptor(checkout);
  const layer = await writeLayer(blobs, tarOf(await layerEntries(descriptor, request)));
  const labels = packageLabels(descriptor, architecture, layer.diffId);
  return { config: configOf(descriptor, architecture, layer, labels), layers: [layer] };
}

/**
 * The entries of the layer: first the two directories whose names give platforms the id and version of
 * the buildpack, then the buildpack.
 *
 * Spec: Distribution, Buildpack, Filesystem Layer.
 */
async function layerEntries(
  { buildpack: { id, version } }: BuildpackDescriptor,
  request: BuildpackImageRequest,
): Promise<Iterable<TarEntry>> {
  const parent = `/cnb/buildpacks/${id.replaceAll("/", "_")}`;
  const top = `${parent}/${version}`;
  const payload = await payloadEntries(request, top);
  return (function* () {
    yield madeDirectory(parent);
    yield madeDirectory(top);
    yield* payload;
  })();
}

/** The files of the packaged buildpack for one architecture, below the directory `top`. */
export async function payloadEntries(
  { checkout, architecture, runtime, extra }: Omit<BuildpackImageRequest, "blobs">,
  top: string,
): Promise<Iterable<TarEntry>> {
  const descriptor = await descriptorFor(checkout, architecture);
  const manifest = await shippedManifest(checkout);
  const { buildpack } = await readBuildpackDescriptor(checkout);
  const bill = await ownBill(checkout, packageNames[architecture], buildpack);
  return (function* () {
    yield madeEntry(`${top}/buildpack.toml`, descriptor);
    yield madeEntry(`${top}/package.json`, manifest);
    yield madeEntry(`${top}/sbom.cdx.json`, bill);
    yield* shippedEntries(checkout, top);
    yield madeDirectory(`${top}/runtime`);
    yield madeEntry(`${top}/runtime/LICENSE`, runtime.license);
    yield madeDirectory(`${top}/runtime/bin`);
    yield madeEntry(`${top}/runtime/bin/node`, runtime.node, 0o755);
    if (extra !== undefined) yield* extraEntries(extra, top);
  })();
}

function configOf(
  { buildpack: { id, version } }: BuildpackDescriptor,
  architecture: Architecture,
  { diffId }: LayerBlob,
  labels: Record<string, string>,
): Image["config"] {
  return {
    created: imageTimeText,
    architecture,
    os: "linux",
    config: { Labels: labels },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created: imageTimeText, created_by: `Buildpack: ${id}@${version}` }],
  };
}

/** The directory for blobs in an image layout. */
export function blobsOf(layout: string): string {
  return join(layout, "blobs");
}
