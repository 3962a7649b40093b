import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { addToTree, makeTree } from "../tree.ts";

export interface TinyBuildpack {
  id?: string;
  version?: string;
  api?: string;
  /**
   * Lines of POSIX sh. They may call `layer NAME TYPE…`, which makes a layer with these types, and
   * `types NAME TYPE…`, which makes no directory.
   */
  detect?: string;
  build?: string;
  /** More of `buildpack.toml`: keys of the table `buildpack` first. */
  about?: string;
  descriptor?: string;
  order?: readonly { id: string; optional?: boolean }[][];
}

/** Makes a buildpack of a few lines of POSIX sh and resolves to its directory. */
export async function makeBuildpack(options: TinyBuildpack = {}): Promise<string> {
  const { detect = "", build = "" } = options;
  const script = (lines: string) => `#!/bin/sh\nset -eu\n${functions}\n${lines}\n`;
  const directory = await makeTree();
  await addToTree(directory, { "buildpack.toml": descriptorOf(options) });
  if (options.order) return directory;
  await addToTree(directory, { "bin/detect": script(detect), "bin/build": script(build) });
  await chmod(join(directory, "bin/detect"), 0o755);
  await chmod(join(directory, "bin/build"), 0o755);
  return directory;
}

const functions = `
types() {
  toml="$CNB_LAYERS_DIR/$1.toml"; shift
  echo '[types]' > "$toml"
  for type; do echo "$type = true" >> "$toml"; done
}
layer() {
  mkdir -p "$CNB_LAYERS_DIR/$1"
  types "$@"
}`;

function descriptorOf(options: TinyBuildpack): string {
  const { id = "test/one", version = "1.0.0", api = "0.10", about = "", descriptor = "" } = options;
  const groups = (options.order ?? []).map((group) => {
    const members = group.map(
      (member) =>
        `[[order.group]]\nid = "${member.id}"\nversion = "1.0.0"\noptional = ${member.optional ?? false}\n`,
    );
    return `[[order]]\n${members.join("")}`;
  });
  return [
    `api = "${api}"`,
    `[buildpack]\nid = "${id}"\nversion = "${version}"`,
    about,
    descriptor,
    ...groups,
    "",
  ].join("\n");
}
