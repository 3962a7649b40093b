import { join } from "node:path";
import { writeLayer } from "../../../src/oci/blob.ts";
import type { Image } from "../../../src/oci/image.ts";
import { fileEntry, tarOf } from "../../../src/oci/tar.ts";

/** An image with a layer for each of these texts, whose blobs stand below `work`. */
export async function makeImage(
  work: string,
  texts: readonly string[],
  {
    architecture = "amd64",
    labels = {},
  }: { architecture?: string; labels?: Record<string, string> } = {},
): Promise<Image> {
  const layers = [];
  for (const [index, text] of texts.entries()) {
    const entry = fileEntry(`/file-${index}`, Buffer.from(text), { uid: 0, gid: 0 }, 0o644);
    layers.push(await writeLayer(join(work, "blobs"), tarOf([entry])));
  }
  const rootfs = { type: "layers" as const, diff_ids: layers.map(({ diffId }) => diffId) };
  const env = ["PATH=/usr/bin:/bin"];
  const config = { User: "1002:1000", Env: env, Cmd: ["bash"], Labels: labels };
  return { config: { architecture, os: "linux", config, rootfs }, layers };
}
