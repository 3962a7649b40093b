import { join, resolve } from "node:path";
import { readBuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import type { Image } from "../../oci/image.ts";
import type { PushResult } from "../../oci/registry/push-image.ts";
import type { Printer } from "../../output/printer.ts";
import { definedVariables } from "../../system/defined-variables.ts";
import { lstatIfAny } from "../../system/files.ts";
import type { ProjectMetadata } from "../../cnb/project-metadata.ts";
import { creationTime } from "./creation-time.ts";
import { openStoredBuild } from "../state/state-in-use.ts";
import { takeLock } from "../state/state-lock.ts";
import type { StoredBuild } from "../state/stored-build.ts";
import { adoptImage } from "./adopt-image.ts";
import { type ExportedImage, exportImage } from "./export-image.ts";
import { type ImageLocation, defaultImageName, parseImageLocation } from "./image-location.ts";
import { type ImageWorld, requirePush } from "./image-world.ts";
import { type Launcher, makeLauncher, readLauncher } from "./launcher.ts";
import { openRunImage, readImageAt, type RunImageSource } from "./run-image.ts";

/** The options about the image, as the user typed them. */
interface ImageOptions {
  image: string | undefined;
  runImage: string | undefined;
  runRoot: string | undefined;
  buildRoot: string;
  lifecycle: string | undefined;
  insecureRegistry: readonly string[];
  tag: readonly string[];
  previousImage: string | undefined;
  defaultProcess: string | undefined;
  creationTime: string | undefined;
}

export interface ExporterRequest {
  line: { app: string } & ImageOptions;
  state: string;
  /** The target of the build. The distribution of the run image wins over its own. */
  target: Target;
  cwd: string;
  ownBuildpack: string;
  /** Where the app comes from. */
  projectMetadata: ProjectMetadata;
  printer: Printer;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** Exports builds of one app. */
export interface Exporter {
  target: Target;
  /** Uses the image that is to be replaced as the previous build, if the state folder has none. */
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
  const destination = parseImageLocation("--image", line.image, cwd);
  const source = runImageSource(line, cwd);
  const work = join(request.state, "export");
  const previous =
    line.previousImage === undefined
      ? undefined
      : parseImageLocation("--previous-image", line.previousImage, cwd);
  const tags = line.tag.map((text) => parseImageLocation("--tag", text, cwd));
  const created = creationTime({
    ...{ option: line.creationTime, env: request.env },
    now: () => new Date(),
  });
  const world = worldOf(request);
  for (const place of [destination, ...tags]) {
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
    ...{ destination, previous, tags, created, source, work, launcher, image, world },
  };
  return {
    target: targetOf(image, target),
    adopt: async () => await adopt(prepared),
    export: async () => await exportCurrent(prepared),
  };
}

interface Prepared extends ExporterRequest {
  destination: ImageLocation;
  /** The image whose layers an app without a build reuses, if it is not the one to be replaced. */
  previous: ImageLocation | undefined;
  tags: readonly ImageLocation[];
  created: string;
  source: RunImageSource;
  work: string;
  launcher: Launcher | undefined;
  image: Image | undefined;
  world: ImageWorld;
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
    "--default-process": line.defaultProcess,
    "--creation-time": line.creationTime,
  };
  const [stray] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (stray !== undefined) throw usage(`\`${stray}\` needs \`--image\``);
  return undefined;
}

function runImageSource(
  { runImage, runRoot, buildRoot }: ExporterRequest["line"],
  cwd: string,
): RunImageSource {
  if (runImage !== undefined) return { image: parseImageLocation("--run-image", runImage, cwd) };
  const root = resolve(cwd, runRoot ?? buildRoot);
  if (root !== "/") return { root };
  throw usage(
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

async function adopt(prepared: Prepared): Promise<void> {
  const { line, state, destination, previous, target, work, world, printer } = prepared;
  if (await lstatIfAny(join(state, "current"))) return;
  const last = previous ?? destination;
  if ("path" in last && !(await lstatIfAny(last.path))) return;
  const layout = join(work, "previous");
  const image = await readImageAt(last, target.arch, layout, world).catch(ifUnusable);
  if (!image || !(await adoptImage(state, image))) return;
  const which = previous ? `\`${line.previousImage}\`` : "the image that will be replaced";
  printer.plain(`There is no earlier build; reusing the layers of ${which}.`);
}

/** What cannot be replaced is said before the build. An image that is no image is no reason to stop. */
function ifUnusable(error: unknown): undefined {
  if (error instanceof BuildpackError && error.failure.code === "image/invalid") return undefined;
  throw error;
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
  const { line, source, target, work, destination, image, world, printer } = prepared;
  const ids = build.ids ?? { uid: 0, gid: 0 };
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
          world: {
            ...world,
            onRetry: (reason) => section.detail(reason),
            onBlob: (done, all) => progress(`Sent ${done} of ${all} blobs`),
          },
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

function describePush({ sentBlobs, sentBytes, knownBlobs }: PushResult): string {
  return `Sent \`${sentBlobs}\` blobs of \`${sentBytes}\` bytes; the registry had \`${knownBlobs}\` others`;
}

async function ownLauncher({ ownBuildpack }: Prepared, build: StoredBuild): Promise<Launcher> {
  const { buildpack } = await readBuildpackDescriptor(ownBuildpack);
  return await makeLauncher(build, buildpack.version);
}

function usage(problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/usage", problem });
}
