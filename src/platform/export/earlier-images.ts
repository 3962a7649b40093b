import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Image } from "../../oci/image.ts";
import { lstatIfAny } from "../../system/files.ts";
import { adoptImages } from "./adopt-images.ts";
import type { ImageLocation } from "./image-location.ts";
import type { Prepared } from "./prepared-export.ts";
import { readImageAt } from "./run-image.ts";

/**
 * If the state directory has no build, the images of an earlier build stand for it. Damaged ones do not, with a warning:
 * the build then starts from nothing.
 */
export async function adopt(prepared: Prepared): Promise<void> {
  try {
    await adoptImagesOf(prepared);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure?.code !== "image/invalid") throw error;
    const { path, problem } = failure;
    prepared.printer.plain(
      `Warning: the last build is not reused, because its image in ${path} is damaged: ${problem}`,
    );
  }
}

async function adoptImagesOf(prepared: Prepared): Promise<void> {
  const { line, state, destination, previous, cache, work, printer } = prepared;
  if (await lstatIfAny(join(state, "current"))) return;
  const adopted = await adoptImages(state, {
    image: previous
      ? await earlierImage(prepared, previous, join(work, "previous"))
      : await ownImage(prepared, destination, join(work, "previous")),
    cache: cache && (await ownImage(prepared, cache, join(work, "previous-cache"))),
  });
  const which = previous ? `\`${line.previousImage}\`` : "the image that will be replaced";
  if (adopted.image) printer.plain(`There is no earlier build; reusing the layers of ${which}.`);
  if (adopted.cache) printer.plain(`Reusing the cache in \`${line.cacheImage}\`.`);
}

/** An image of a name that we may push to. */
async function ownImage(
  prepared: Prepared,
  location: ImageLocation,
  layout: string,
): Promise<Image | undefined> {
  try {
    return await earlierImage(prepared, location, layout);
  } catch (error) {
    const code = error instanceof BuildpackError ? error.failure.code : "";
    // Some registries say this of a repository that the first push creates.
    if (["image/login-needed", "image/login-refused", "image/access-denied"].includes(code))
      return undefined;
    throw error;
  }
}

/** Fails before the build if the place cannot be reached. Something there that is not a valid image counts as no image. */
async function earlierImage(
  { target, world }: Prepared,
  location: ImageLocation,
  layout: string,
): Promise<Image | undefined> {
  if ("path" in location && !(await lstatIfAny(location.path))) return undefined;
  try {
    return await readImageAt(location, target.arch, layout, world);
  } catch (error) {
    if (error instanceof BuildpackError && error.failure.code === "image/invalid") return undefined;
    throw error;
  }
}
