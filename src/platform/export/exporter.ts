import { join, resolve } from "node:path";
import { readBuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError, usageError } from "../../failure.ts";
import type { Image } from "../../oci/image.ts";
import { definedVariables } from "../../system/environment/defined-variables.ts";
import { openStoredBuild } from "../state/state-in-use.ts";
import { takeLock } from "../state/state-lock.ts";
import { ownerIn, type StoredBuild } from "../state/stored-build.ts";
import { creationTime } from "./creation-time.ts";
import { adopt } from "./earlier-images.ts";
import { exportCache } from "./export-cache.ts";
import { type ExportedImage, exportImage } from "./export-image.ts";
import {
  defaultImageName,
  type ImageLocation,
  openDestination,
  parseImageLocation,
} from "./image-location.ts";
import { type ImageWorld, requirePush } from "./image-world.ts";
import { type Launcher, makeLauncher, readLauncher } from "./launcher.ts";
import {
  describePush,
  type ExporterRequest,
  type Prepared,
  worldTelling,
} from "./prepared-export.ts";
import { openRunImage, readImageAt, type RunImageSource } from "./run-image.ts";

/** Exports builds of one app. */
export interface Exporter {
  target: Target;
  /** The files and directories of this machine that an export writes. */
  places: readonly string[];
  /** Uses the image that is to be replaced as the previous build, if the state directory has none. */
  adopt: () => Promise<void>;
  /** Exports the current build. */
  export: () => Promise<ExportedImage>;
}

/**
 * Checks everything that an export needs before anything is built.
 *
 * @returns nothing if no image is wanted.
 * @throws BuildpackError `platform/usage`, `image/*`.
 */
export async function prepareExport(request: ExporterRequest): Promise<Exporter | undefined> {
  const { line, cwd, target } = request;
  if (line.image === undefined) return refuseStray(line);
  const places = await openDestinations(line, line.image, cwd);
  const source = runImageSource(line, cwd);
  const work = join(request.state, "export");
  const previous =
    line.previousImage === undefined
      ? undefined
      : parseImageLocation("--previous-image", line.previousImage, cwd);
  const created = creationTime({
    ...{ option: line.creationTime, env: request.env },
    now: () => new Date(),
  });
  const world = worldOf(request);
  const { destination, tags, cache } = places;
  const written = [destination, ...tags, ...(cache ? [cache] : [])];
  for (const place of written) {
    if (place.kind === "registry") await requirePush(place.reference, world);
  }
  const launcher =
    line.lifecycle === undefined ? undefined : await readLauncher(resolve(cwd, line.lifecycle));
  const image =
    "image" in source
      ? await readImageAt(source.image, target.arch, join(work, "run-image"), world)
      : undefined;
  const prepared = {
    ...request,
    ...{ ...places, previous, created, source, work, launcher, image, world },
  };
  return {
    target: targetOf(image, target),
    places: written.flatMap((place) => ("path" in place ? [place.path] : [])),
    adopt: async () => await adopt(prepared),
    export: async () => await exportCurrent(prepared),
  };
}

async function openDestinations(
  { tag, cacheImage }: ExporterRequest["line"],
  image: string,
  cwd: string,
): Promise<Pick<Prepared, "destination" | "tags" | "cache">> {
  const tags: ImageLocation[] = [];
  for (const text of tag) tags.push(await openDestination("--tag", text, cwd));
  return {
    destination: await openDestination("--image", image, cwd),
    tags,
    cache:
      cacheImage === undefined
        ? undefined
        : await openDestination("--cache-image", cacheImage, cwd),
  };
}

function worldOf({ line, env, signal }: ExporterRequest): ImageWorld {
  return { env: definedVariables(env), insecure: line.insecureRegistry, signal };
}

function refuseStray(line: ExporterRequest["line"]): undefined {
  const options = {
    "--run-image": line.runImage,
    "--lifecycle": line.lifecycle,
    "--tag": line.tag[0],
    "--previous-image": line.previousImage,
    "--cache-image": line.cacheImage,
    "--default-process": line.defaultProcess,
    "--creation-time": line.creationTime,
  };
  const [stray] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (stray !== undefined) throw usageError(`\`${stray}\` needs \`--image\``);
  return undefined;
}

function runImageSource(
  { runImage, runRoot, buildRoot }: ExporterRequest["line"],
  cwd: string,
): RunImageSource {
  if (runImage !== undefined) return { image: parseImageLocation("--run-image", runImage, cwd) };
  const root = resolve(cwd, runRoot ?? buildRoot);
  if (root !== "/") return { root };
  throw usageError(
    "`--image` needs a run image: `--run-image`, or a root file system with `--run-root`",
  );
}

/** The labels of a run image name its distribution. */
function targetOf(image: Image | undefined, target: Target): Target {
  const labels = image?.config.config.Labels ?? {};
  const name = labels["io.buildpacks.base.distro.name"];
  if (!name) return target;
  return {
    ...target,
    distro: { name, version: labels["io.buildpacks.base.distro.version"] ?? "" },
  };
}

async function exportCurrent(prepared: Prepared): Promise<ExportedImage> {
  const inUse = await openStoredBuild(prepared.state);
  if (!inUse) throw new BuildpackError({ code: "platform/nothing-built", path: prepared.state });
  const unlock = await takeLock(join(prepared.state, "export.lock"));
  try {
    const exported = await exportBuild(prepared, inUse.build);
    await exportCache(prepared, inUse.build);
    return exported;
  } finally {
    await unlock();
    await inUse.release();
  }
}

async function exportBuild(prepared: Prepared, build: StoredBuild): Promise<ExportedImage> {
  const { line, source, target, work, destination, image, world, printer } = prepared;
  const ids = ownerIn(build);
  return await printer.section("Image", async (section) => {
    const runImage = image ?? (await openRunImage({ source, target, ids, work, world }));
    const launcher = prepared.launcher ?? (await ownLauncher(prepared, build));
    const name = defaultImageName(line.app);
    const layout = join(work, "image");
    const exported = await section.timed(
      `Exporting to \`${line.image}\``,
      async (progress) =>
        await exportImage({
          ...{ build, ids, runImage, launcher, destination, name, work: layout },
          ...{ tags: prepared.tags, created: prepared.created },
          ...{ defaultProcess: line.defaultProcess, projectMetadata: prepared.projectMetadata },
          // As in images that pack makes: another user than the builder may write to it.
          appMode: 0o777,
          world: worldTelling(prepared, section, progress),
        }),
    );
    const added = exported.layers.filter(({ reused }) => !reused);
    section.say(
      `Added \`${exported.layers.length}\` layers to the run image, \`${added.length}\` of them new`,
    );
    for (const { name: layer, bytes } of added) section.detail(`${layer}, ${bytes} bytes`);
    if (exported.pushed) section.say(describePush(exported.pushed));
    section.say(`Digest \`${exported.digest}\``);
    return exported;
  });
}

async function ownLauncher({ ownBuildpack }: Prepared, build: StoredBuild): Promise<Launcher> {
  const { buildpack } = await readBuildpackDescriptor(ownBuildpack);
  return await makeLauncher(build, buildpack.version);
}
