import { join } from "node:path";
import { isDirectory, makeEmptyDirectory, removeTree } from "../../system/files.ts";
import { type ExecD, writeExecD } from "../exec-d.ts";
import { layerContentMetadataCodec } from "./layer-content-metadata.ts";
import { type EnvModification, writeLayerEnv } from "./layer-env.ts";
import { type LayerMetadata, toDisk } from "./layer-metadata.ts";
import { type LayerExpectation, type LayerState, readLayerState } from "./layer-state.ts";
import { type LayerName, parseLayerName } from "../names.ts";
import { removeSboms, type Sbom, writeSboms } from "../sbom-files.ts";
import { writeTomlFile } from "../toml-file.ts";

export type { LayerTypes } from "./layer-content-metadata.ts";
export type { LayerState } from "./layer-state.ts";

export interface LayerRequest<M extends LayerMetadata> extends LayerExpectation<M> {
  layersDir: string;
  name: string;
}

/** A layer that is being filled. */
export interface Layer<M extends LayerMetadata> {
  name: LayerName;
  /** The layer's directory. It does not exist if only the layer's metadata was restored. */
  path: string;
  state: LayerState<M>;
  /**
   * Completes the layer: writes environment, exec.d and SBOMs, and its types and metadata last. Environment and
   * exec.d that are not given are removed. SBOMs that are not given stay as they were restored.
   *
   * @throws Error if the contents are in the previous image and environment or exec.d are given: the platform
   * would take the new directory for the whole layer.
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
 * Opens a layer, which an earlier build may have filled. Removes its `<name>.toml` until it is committed, so a
 * layer whose build was interrupted counts as incomplete. If the layer cannot be kept, its directory is emptied
 * and `state` says why.
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
