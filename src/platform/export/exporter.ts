import { join, resolve } from "node:path";
import { readBuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import type { Image } from "../../oci/image.ts";
import type { Printer } from "../../output/printer.ts";
import { lstatIfAny } from "../../system/files.ts";
import { openStoredBuild } from "../state/state-in-use.ts";
import { takeLock } from "../state/state-lock.ts";
import type { StoredBuild } from "../state/stored-build.ts";
import { adoptImage } from "./adopt-image.ts";
import { type ExportedImage, exportImage } from "./export-image.ts";
import { type ImageLocation, imageNameFor, parseImageLocation } from "./image-location.ts";
import { type Launcher, makeLauncher, readLauncher } from "./launcher.ts";
import { openRunImage, readImageAt, type RunImageSource } from "./run-image.ts";

/** What the user says of the image, as typed. */
interface ImageOptions {
  image: string | undefined;
  runImage: string | undefined;
  runRoot: string | undefined;
  buildRoot: string;
  lifecycle: string | undefined;
}

export interface ExporterRequest {
  line: { app: string } & ImageOptions;
  state: string;
  /** What the app is built for, save for what the run image says of itself. */
  target: Target;
  cwd: string;
  ownBuildpack: string;
  printer: Printer;
}

/** Exports builds of one app to where the user wants its image. */
export interface Exporter {
  target: Target;
  /** Takes the image that is there for the previous build, where the state folder has none. */
  adopt: () => Promise<void>;
  /** Exports the current build. */
  export: () => Promise<ExportedImage>;
}

/**
 * Looks at everything that an export needs before anything is built.
 *
 * @returns nothing where no image is wanted.
 * @throws BuildpackError `platform/usage`, `image/*`.
 */
export async function prepareExport(request: ExporterRequest): Promise<Exporter | undefined> {
  const { line, cwd, target } = request;
  if (line.image === undefined) return refuseStray(line);
  const destination = parseImageLocation("--image", line.image, cwd);
  const source = runImageSource(line, cwd);
  const work = join(request.state, "export");
  const launcher =
    line.lifecycle === undefined ? undefined : await readLauncher(resolve(cwd, line.lifecycle));
  const image =
    "image" in source
      ? await readImageAt(source.image, target.arch, join(work, "run-image"))
      : undefined;
  const prepared = { ...request, destination, source, work, launcher, image };
  return {
    target: targetOf(image, target),
    adopt: async () => await adopt(prepared),
    export: async () => await exportCurrent(prepared),
  };
}

interface Prepared extends ExporterRequest {
  destination: ImageLocation;
  source: RunImageSource;
  work: string;
  launcher: Launcher | undefined;
  image: Image | undefined;
}

function refuseStray(line: ExporterRequest["line"]): undefined {
  const stray = line.runImage === undefined ? line.lifecycle && "--lifecycle" : "--run-image";
  if (stray) throw usage(`\`${stray}\` is of use only with \`--image\``);
  return undefined;
}

function runImageSource(
  { runImage, runRoot, buildRoot }: ExporterRequest["line"],
  cwd: string,
): RunImageSource {
  if (runImage !== undefined) return { image: parseImageLocation("--run-image", runImage, cwd) };
  const root = resolve(cwd, runRoot ?? buildRoot);
  if (root !== "/") return { root };
  throw usage("`--image` needs something to stand on: `--run-image`, or a root by `--run-root`");
}

/** A run image knows its distribution better than the files of the build. */
function targetOf(image: Image | undefined, target: Target): Target {
  const labels = image?.config.config.Labels ?? {};
  const name = labels["io.buildpacks.base.distro.name"];
  if (!name) return target;
  return {
    ...target,
    distro: { name, version: labels["io.buildpacks.base.distro.version"] ?? "" },
  };
}

async function adopt({ state, destination, target, work, printer }: Prepared): Promise<void> {
  if (await lstatIfAny(join(state, "current"))) return;
  if (!(await lstatIfAny(destination.path))) return;
  const image = await readImageAt(destination, target.arch, join(work, "previous")).catch(
    () => undefined,
  );
  if (!image || !(await adoptImage(state, image))) return;
  printer.plain(
    "Nothing is known of earlier builds; the image that is there stands for the last one.",
  );
}

async function exportCurrent(prepared: Prepared): Promise<ExportedImage> {
  const inUse = await openStoredBuild(prepared.state);
  if (!inUse) throw new BuildpackError({ code: "platform/nothing-built", path: prepared.state });
  const unlock = await takeLock(join(prepared.state, "export.lock"));
  try {
    return await exportBuild(prepared, inUse.build);
  } finally {
    await unlock();
    await inUse.release();
  }
}

async function exportBuild(prepared: Prepared, build: StoredBuild): Promise<ExportedImage> {
  const { line, source, target, work, destination, image, printer } = prepared;
  const ids = build.ids ?? { uid: 0, gid: 0 };
  return await printer.section("Image", async (section) => {
    const runImage = image ?? (await openRunImage({ source, target, ids, work }));
    const launcher = prepared.launcher ?? (await ownLauncher(prepared, build));
    const name = imageNameFor(destination, line.app);
    const layout = join(work, "image");
    const exported = await section.timed(
      `Exporting to \`${line.image}\``,
      async () =>
        await exportImage({ build, ids, runImage, launcher, destination, name, work: layout }),
    );
    const added = exported.layers.filter(({ reused }) => !reused);
    section.say(
      `\`${exported.layers.length}\` layers above the run image, \`${added.length}\` of them new`,
    );
    for (const { name: layer, bytes } of added) section.detail(`${layer}, ${bytes} bytes`);
    section.say(`Digest \`${exported.digest}\``);
    return exported;
  });
}

async function ownLauncher({ ownBuildpack }: Prepared, build: StoredBuild): Promise<Launcher> {
  const { buildpack } = await readBuildpackDescriptor(ownBuildpack);
  return await makeLauncher(build, buildpack.version);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
