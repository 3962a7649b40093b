import { basename, join } from "node:path";
import { ownerIn, type StoredBuild } from "../state/stored-build.ts";
import { makeCacheImage } from "./cache-image.ts";
import { layersIn, publish } from "./export-image.ts";
import { defaultImageName } from "./image-location.ts";
import { describePush, type Prepared, worldTelling } from "./prepared-export.ts";

/** Writes the image that keeps the cache. Layers that the app's image has too are not compressed again. */
export async function exportCache(prepared: Prepared, build: StoredBuild): Promise<void> {
  const { line, cache, target, work } = prepared;
  if (!cache) return;
  await prepared.printer.section("Cache", async (section) => {
    const layout = join(work, "cache");
    const request = {
      ...{ build, ids: ownerIn(build), blobs: join(layout, "blobs") },
      known: await knownLayers([join(work, "image"), layout], target.arch),
    };
    const image = await makeCacheImage(request, target.arch);
    if (!image) return section.say("Nothing is cached");
    const name = defaultImageName(`${basename(line.app)}-cache`);
    const { pushed } = await section.timed(
      `Exporting to \`${line.cacheImage}\``,
      async (progress) =>
        await publish(image, {
          ...{ destination: cache, name, work: layout },
          world: worldTelling(prepared, section, progress),
        }),
    );
    section.say(`Layers: \`${image.layers.length}\``);
    if (pushed) section.say(describePush(pushed));
  });
}

async function knownLayers(layouts: readonly string[], architecture: string) {
  const layers = await Promise.all(layouts.map((layout) => layersIn(layout, architecture)));
  return new Map(layers.flat().map((layer) => [layer.diffId, layer] as const));
}
