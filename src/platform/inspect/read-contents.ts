import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { listTar } from "../../oci/tar-reader.ts";

/** What inspecting needs from a layer's archive. */
export interface LayerContents {
  /** The sum of the sizes of its files. */
  fileBytes: number;
  /** Bills of materials and files of environment directories, by their paths in the image. */
  files: Map<string, string>;
}

/** A bill of materials of a few thousand components has a few megabytes. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Reads a layer without unpacking it.
 *
 * @param layersDir - where the layers are in the image, without the leading slash.
 * @throws BuildpackError `image/invalid`.
 */
export async function readContents(path: string, layersDir: string): Promise<LayerContents> {
  const contents: LayerContents = { fileBytes: 0, files: new Map() };
  let held = 0;
  try {
    await listTar(path, ({ path: name, isFile, size }) => {
      if (!isFile) return undefined;
      contents.fileBytes += size;
      if (!isWanted(name, layersDir) || held + size > mostBytes) return undefined;
      held += size;
      return (content) => void contents.files.set(name, content.toString("utf8"));
    });
  } catch (error) {
    const { message: problem } = error as Error;
    throw new BuildpackError({ code: "image/invalid", path, problem }, { cause: error });
  }
  return contents;
}

/** Below the layers directory: bills of materials, and files of environment directories. */
const wanted =
  /^(?:sbom\/launch\/.+\/sbom\.(?:cdx|spdx|syft)\.json|[^/]+\/[^/]+\/env(?:\.launch(?:\/[\w.-]+)?)?\/[\w.-]+)$/;

function isWanted(name: string, layersDir: string): boolean {
  return name.startsWith(`${layersDir}/`) && wanted.test(name.slice(layersDir.length + 1));
}

/**
 * Writes the environment directories of a layer to an empty directory.
 *
 * @param prefix - the layer's directory in the image, with a slash at its end.
 */
export async function writeEnvironment(
  { files }: Pick<LayerContents, "files">,
  prefix: string,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [path, content] of files) {
    const name = path.slice(prefix.length);
    if (!path.startsWith(prefix) || !environmentFile.test(name)) continue;
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}

/** A file in `env`, `env.launch` or the directory of a process. No name is `.` or `..`. */
const environmentFile = /^env(?:\.launch(?:\/(?!\.{1,2}\/)[\w.-]+)?)?\/(?!\.{1,2}$)[\w.-]+$/;
