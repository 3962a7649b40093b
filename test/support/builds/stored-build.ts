import { join } from "node:path";
import { digestLayer } from "../../../src/platform/state/layer-digest.ts";
import { metadataLabel, type StoredBuild } from "../../../src/platform/state/stored-build.ts";
import { labelJson } from "../../../src/platform/state/label-json.ts";
import { addToTree, makeTree } from "../tree.ts";

export const builder = { uid: 1001, gid: 1000 };

export interface StoredStory {
  app?: Readonly<Record<string, string>>;
  /** Files below `layers/test_one`; each directory there is a launch layer. */
  layers?: Readonly<Record<string, string>>;
  /** Files below `layers/sbom/launch`. */
  sboms?: Readonly<Record<string, string>>;
  /** More of `config/metadata.toml`. */
  metadata?: string;
  labels?: Readonly<Record<string, string>>;
}

/** What a build of the buildpack `test/one` left, as the state directory keeps it. */
export async function makeStoredBuild(story: StoredStory = {}): Promise<StoredBuild> {
  const path = await makeTree();
  const { app = { "config.ru": "run app" }, layers = {}, sboms = {}, metadata = "" } = story;
  const own = join(path, "image/layers/test_one");
  await addToTree(join(path, "image/app"), app);
  await addToTree(own, layers);
  await addToTree(join(path, "image/layers/sbom/launch"), sboms);
  const toml = `${metadata}\n[[buildpacks]]\nid = "test/one"\nversion = "1.0.0"\n`;
  await addToTree(join(path, "image/layers/config"), { "metadata.toml": toml });
  const names = [...new Set(Object.keys(layers).map((file) => file.split("/")[0] ?? ""))];
  const stored = names.map((name) => {
    const sha = digestLayer(join(own, name), `/layers/test_one/${name}`, builder);
    const data = { key: `of ${name}` };
    return [name, { launch: true, build: false, cache: false, sha, data }] as const;
  });
  const known = { key: "test/one", version: "1.0.0", layers: Object.fromEntries(stored) };
  const image = { buildpacks: [{ ...known, store: { metadata: { kept: "yes" } } }] };
  return {
    path,
    app: join(path, "image/app"),
    layers: join(path, "image/layers"),
    inside: { app: "/workspace", layers: "/layers" },
    ids: builder,
    platformApi: "0.12",
    buildpackLabels: {},
    labels: {
      [metadataLabel]: labelJson(image),
      "io.buildpacks.build.metadata": '{"buildpacks":[{"id":"test/one","version":"1.0.0"}]}',
      ...story.labels,
    },
    image,
    cache: { buildpacks: [] },
  };
}
