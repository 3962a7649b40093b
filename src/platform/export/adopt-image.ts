import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { envOf, type Image } from "../../oci/image.ts";
import type { LayerBlob } from "../../oci/blob.ts";
import { unpackTree } from "../../oci/unpack-tree.ts";
import { isDirectory, removeTree } from "../../system/files.ts";
import { moveTree } from "../../system/tree.ts";
import { decodeLifecycleMetadata } from "../state/lifecycle-metadata.ts";
import { openState } from "../state/state.ts";
import { metadataLabel } from "../state/stored-build.ts";
import * as z from "zod";

/**
 * Makes an app's image the previous build of a state folder that has none: the next build then finds
 * of it what a lifecycle would find without a cache. An image that no platform built is left alone.
 *
 * @returns whether the image was adopted.
 */
export async function adoptImage(state: string, image: Image): Promise<boolean> {
  const { config } = image;
  const [app, layers] = [envOf(config, "CNB_APP_DIR"), envOf(config, "CNB_LAYERS_DIR")];
  const label = config.config.Labels?.[metadataLabel];
  const own = layersAbove(image, label);
  if (!app || !layers || !own) return false;
  const open = await openState(state);
  try {
    if (open.previous) return false;
    const extracted = join(open.staged, "extracted");
    await unpackTree(
      own.map(({ path }) => path),
      extracted,
    );
    await moveIn(join(extracted, app), join(open.staged, "image/app"));
    await moveIn(join(extracted, layers), join(open.staged, "image/layers"));
    await removeTree(extracted);
    await open.commit({
      inside: { app, layers },
      platformApi: envOf(config, "CNB_PLATFORM_API") ?? "",
      labels: config.config.Labels ?? {},
      image: decodeLifecycleMetadata(label),
      cache: { buildpacks: [] },
    });
    return true;
  } finally {
    await open.close();
  }
}

/** The layers above the run image's, which the label says where it ends. */
function layersAbove(
  { config, layers }: Image,
  label: string | undefined,
): LayerBlob[] | undefined {
  const parsed = runImageLabel.safeParse(JSON.parse(label ?? "null"));
  if (!parsed.success) return undefined;
  const top = config.rootfs.diff_ids.indexOf(parsed.data.runImage.topLayer);
  return top === -1 ? undefined : layers.slice(top + 1);
}

const runImageLabel = z.object({ runImage: z.object({ topLayer: z.string() }) });

async function moveIn(from: string, to: string): Promise<void> {
  if (await isDirectory(from)) await moveTree(from, to);
  else await mkdir(to, { recursive: true });
}
