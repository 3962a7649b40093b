import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import { writeLayer } from "../../../../src/oci/blob.ts";
import type { Image, ImageConfig } from "../../../../src/oci/image.ts";
import { readImage, writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import type { Story, StoryImage } from "../story.ts";
import { ustarOf } from "./ustar.ts";

/** Image layouts stand for the repositories of the registry that stories push to. */
export function repositoryPath(repository: string): string {
  return join("/.given/registry", repository);
}

export async function repositories(): Promise<string[]> {
  return (await readdir(repositoryPath(""))).sort();
}

/** The repository in a reference such as `localhost:5000/app:v1`. */
export function repositoryOf(reference: string): string {
  return reference.replace(/^localhost:5000\//, "").replace(/:[^/]*$/, "");
}

/** Puts the images of a story into the registry. */
export async function pushImages({ images = { run: defaultRunImage } }: Story): Promise<void> {
  for (const [repository, image] of Object.entries(images)) {
    const layout = repositoryPath(repository);
    await writeIndex(layout, [await writeImage(layout, await imageOf(image, layout))]);
  }
}

export async function forgetImage(repository: string): Promise<void> {
  await rm(repositoryPath(repository), { recursive: true, force: true });
}

/** An image as it was pushed, by a reference with its digest. */
export async function pull(repository: string, architecture = "amd64"): Promise<Image> {
  const image = await readImage(repositoryPath(repository), { architecture });
  const reference = `localhost:5000/${repository}@${image.reference ?? ""}`;
  return { ...image, reference, name: await runImageName(`localhost:5000/${repository}`) };
}

/** The name of a run image, with the mirrors that `/cnb/run.toml` has of it. */
async function runImageName(image: string): Promise<{ image: string; mirrors?: string[] }> {
  const { images = [] } = parse(await readFile("/cnb/run.toml", "utf8")) as unknown as RunToml;
  return images.find((one) => one.image === image) ?? { image };
}

interface RunToml {
  images?: { image: string; mirrors?: string[] }[];
}

async function imageOf(story: StoryImage, layout: string): Promise<Image> {
  const archives = story.layers.map(ustarOf);
  const layers = await Promise.all(
    archives.map(async (archive) => await writeLayer(join(layout, "blobs"), [archive])),
  );
  const created = "1970-01-01T00:00:00Z";
  const numbered = layers.map((_, index) => ({ created, created_by: `layer ${index + 1}` }));
  const config = {
    ...{ architecture: "amd64", os: "linux", ...story.about, config: story.config ?? {} },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: story.history ?? numbered,
  };
  return { config: config as ImageConfig, layers };
}

const defaultRunImage: StoryImage = {
  about: { created: "1970-01-01T00:00:00Z" },
  config: {
    User: "1000:1000",
    Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "FROM_RUN_IMAGE=yes"],
    Cmd: ["/bin/sh"],
    Labels: {
      "io.buildpacks.base.distro.name": "debian",
      "io.buildpacks.base.distro.version": "12",
      "of.run.image": "kept",
    },
  },
  layers: [
    [
      { path: "/etc", type: "directory" },
      { path: "/etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
    ],
  ],
};
