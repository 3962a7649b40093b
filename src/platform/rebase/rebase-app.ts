import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeImage } from "../../oci/layout.ts";
import type { Image } from "../../oci/image.ts";
import type { Printer } from "../../output/printer.ts";
import { removeTree } from "../../system/files.ts";
import { deliver } from "../export/export-image.ts";
import {
  type ImageLocation,
  defaultImageName,
  openDestination,
  parseImageLocation,
} from "../export/image-location.ts";
import type { ImageWorld } from "../export/image-world.ts";
import { readImageAt } from "../export/run-image.ts";
import { inPhase, rebaseFailed } from "../lifecycle/exit-code.ts";
import { rebaseImage } from "./rebase-image.ts";

export interface RebaseOptions {
  /** The app's image, as the user typed it, and where the new one goes. */
  image: string;
  destination: string;
  runImage: string;
  /** The architecture to take from an index. */
  architecture: string;
  force: boolean;
  cwd: string;
  world: ImageWorld;
  printer: Printer;
}

/**
 * Reads an app's image, puts it on another run image and writes it.
 *
 * @throws BuildpackError `platform/usage`, `image/*`.
 */
export async function rebaseApp(options: RebaseOptions): Promise<void> {
  const { image: name, destination, cwd, architecture, world } = options;
  const from = parseImageLocation("IMAGE", name, cwd);
  const to = await openDestination("--image", destination, cwd);
  const base = parseImageLocation("--run-image", options.runImage, cwd);
  const work = await mkdtemp(join(tmpdir(), "lapidary-rebase-"));
  try {
    const app = await inRebase(() => readImageAt(from, architecture, join(work, "app"), world));
    const runImage = await readImageAt(base, architecture, join(work, "run-image"), world);
    // The new image replaces the old one, and not others of the same layout.
    const place =
      to.kind === "oci" && destination === name ? { ...to, name: to.name ?? app.tag } : to;
    const rebased = join(work, "rebased");
    await inRebase(() => writeRebased(options, { app, runImage }, place, rebased));
  } finally {
    await removeTree(work);
  }
}

/**
 * Does a part of a rebase. If it fails, the command ends with the exit code of a lifecycle's rebaser. Reading the run image
 * is not such a part.
 */
export async function inRebase<T>(work: () => Promise<T>): Promise<T> {
  return await inPhase(rebaseFailed, work);
}

async function writeRebased(
  { image: name, destination, force, printer, world }: RebaseOptions,
  images: { app: Image; runImage: Image },
  to: ImageLocation,
  work: string,
): Promise<void> {
  const { image, overruled } = rebaseImage({ ...images, force, name });
  for (const problem of overruled) printer.plain(`Warning: ${problem}`);
  const moved = image.layers.length - images.runImage.layers.length;
  const manifest = await writeImage(work, image);
  const own = images.app.name?.image.replace(/@.*$/, "") ?? defaultImageName(name);
  await deliver(image, manifest, { destination: to, name: own, work, world });
  printer.plain(
    `Put \`${moved}\` layers of \`${name}\` on the new run image, and wrote \`${destination}\`.`,
  );
}
