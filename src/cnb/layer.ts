import { join } from "node:path";
import { isDirectory, makeEmptyDirectory, removeTree } from "../system/files.ts";
import { type ExecD, writeExecD } from "./exec-d.ts";
import { layerContentMetadataCodec } from "./layer-content-metadata.ts";
import { type EnvModification, writeLayerEnv } from "./layer-env.ts";
import { type LayerMetadata, toDisk } from "./layer-metadata.ts";
import { type LayerExpectation, type LayerState, readLayerState } from "./layer-state.ts";
import { type LayerName, parseLayerName } from "./names.ts";
import { removeSboms, type Sbom, writeSboms } from "./sbom-files.ts";
import { writeTomlFile } from "./toml-file.ts";

export type { LayerTypes } from "./layer-content-metadata.ts";
export type { LayerState } from "./layer-state.ts";

export interface LayerRequest<M extends LayerMetadata> extends LayerExpectation<M> {
  layersDir: string;
  name: string;
}

/** A layer between the moment when it was opened and the moment when it is committed. */
export interface Layer<M extends LayerMetadata> {
  name: LayerName;
  /** The layer's directory. It exists unless its contents are in the previous image. */
  path: string;
  state: LayerState<M>;
  /**
   * Declares the layer complete: environment, exec.d and SBOMs are written, then its types and
   * metadata, last of all. Environment and exec.d that are not given are removed; SBOMs that are
   * not given stay as they were restored.
   *
   * @throws Error where the contents are in the previous image and something must be written next
   * to them: the platform would then take the new directory for the whole layer.
   */
  commit(contents: LayerContents<M>): Promise<void>;
}

export interface LayerContents<M extends LayerMetadata> {
  metadata: M;
  env?: readonly EnvModification[];
  execD?: readonly ExecD[];
  sboms?: readonly Sbom[];
}

/**
 * Opens a layer that an earlier build may have left. Its `<name>.toml` is removed at once and
 * comes back at commit, so that a layer whose build was interrupted is known for incomplete. A
 * layer that cannot be kept is an empty directory, and says why.
 *
 * @example
 * const layer = await openLayer({
 *   layersDir,
 *   name: "ruby",
 *   types: { build: true, launch: true, cache: true },
 *   schema: z.object({ rubyVersion: z.string() }),
 *   keys: { rubyVersion: "3.4.5" },
 *   labels: { rubyVersion: "Ruby version" },
 * });
 * if (layer.state.state === "empty") await install(layer.path);
 * await layer.commit({ metadata: { rubyVersion: "3.4.5" } });
 */
export async function openLayer<M extends LayerMetadata>(
  request: LayerRequest<M>,
): Promise<Layer<M>> {
  const { layersDir, types } = request;
  const name = parseLayerName(request.name);
  const path = join(layersDir, name);
  const state = await readLayerState(path, request);
  await removeTree(`${path}.toml`);
  if (state.state === "empty") {
    await removeSboms(layersDir, name);
    await makeEmptyDirectory(path);
  }
  const commit = async ({ metadata, env, execD, sboms }: LayerContents<M>) => {
    if (await isDirectory(path)) {
      await writeLayerEnv(path, env ?? []);
      await writeExecD(path, execD ?? []);
    } else if (env?.length || execD?.length) {
      throw new Error(`the contents of the layer ${name} are not on disk`);
    }
    if (sboms) await writeSboms(layersDir, name, sboms);
    const content = { types, metadata: toDisk(metadata) };
    await writeTomlFile(`${path}.toml`, layerContentMetadataCodec, content);
  };
  return { name, path, state, commit };
}
