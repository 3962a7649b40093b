import { mkdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { envOf, type Image } from "../../oci/image.ts";
import type { LayerBlob } from "../../oci/blob.ts";
import { unpackTree } from "../../oci/unpack-tree.ts";
import { removeTree } from "../../system/files.ts";
import { isDirectoryInside, moveOutOf } from "../../system/open-inside.ts";
import { parseJson } from "../../system/parse-json.ts";
import { decodeLifecycleMetadata } from "../state/lifecycle-metadata.ts";
import { openState } from "../state/state.ts";
import { metadataLabel } from "../state/stored-build.ts";
import * as z from "zod";

/**
 * Makes an app's image the previous build of a state folder that has none. The next build then finds what
 * a lifecycle finds without a cache. An image that no platform has built is ignored.
 *
 * @returns whether the image was adopted.
 */
export async function adoptImage(state: string, image: Image): Promise<boolean> {
  const { config } = image;
  const [app, layers] = [envOf(config, "CNB_APP_DIR"), envOf(config, "CNB_LAYERS_DIR")];
  const label = config.config.Labels?.[metadataLabel];
  const own = layersAbove(image, label);
  if (!isPlainPath(app) || !isPlainPath(layers) || !own) return false;
  const open = await openState(state);
  try {
    if (open.previous) return false;
    const extracted = join(open.staged, "extracted");
    await unpackTree(
      own.map(({ path }) => path),
      extracted,
    );
    await moveIn(extracted, app, join(open.staged, "image/app"));
    await moveIn(extracted, layers, join(open.staged, "image/layers"));
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

/** The layers above the run image. The label names the last layer of the run image. */
function layersAbove(
  { config, layers }: Image,
  label: string | undefined,
): LayerBlob[] | undefined {
  const parsed = runImageLabel.safeParse(parseJson(label));
  if (!parsed.success) return undefined;
  const top = config.rootfs.diff_ids.indexOf(parsed.data.runImage.topLayer);
  return top === -1 ? undefined : layers.slice(top + 1);
}

const runImageLabel = z.object({ runImage: z.object({ topLayer: z.string() }) });

/** Whether a path of an image names a place below its root, and no other. */
function isPlainPath(path: string | undefined): path is string {
  return path !== undefined && path.length > 1 && posix.resolve("/", path) === path;
}

async function moveIn(root: string, path: string, to: string): Promise<void> {
  if (await isDirectoryInside(root, path)) await moveOutOf(root, path, to);
  else await mkdir(to, { recursive: true });
}
