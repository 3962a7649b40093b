import { expect } from "vitest";
import { type ReadPackage, type ReadTarEntry, sha256Of } from "./read-package.ts";

/** What platforms demand of a `.cnb` file for an architecture, each rule by what it says. */
export const packageRules: readonly [string, (read: ReadPackage, architecture: string) => void][] =
  [
    [
      "it is an archive of an image layout, with absolute names, root's, mode 0755, from 1980",
      ({ entries }) => {
        const names = entries.map(({ path }) => path);
        expect(names).toEqual(expect.arrayContaining(["/oci-layout", "/index.json"]));
        const others = names.filter((name) => !/^\/blobs\/sha256\/[0-9a-f]{64}$/.test(name));
        expect(others).toEqual(["/blobs", "/blobs/sha256", "/index.json", "/oci-layout"]);
        expectHeaders(entries);
        expect(entries.filter(({ mode }) => mode !== 0o755)).toEqual([]);
      },
    ],
    [
      "each blob is named by its digest, and named by what refers to it with its size",
      ({ blobs, index, manifest }) => {
        for (const [name, bytes] of blobs) expect(sha256Of(bytes)).toBe(name);
        const referred = [...index.manifests, manifest.config, ...manifest.layers];
        expect(referred.map(({ digest }) => digest.slice(7)).sort()).toEqual(
          [...blobs.keys()].sort(),
        );
        for (const { digest, size } of referred)
          expect(blobs.get(digest.slice(7))).toHaveLength(size);
      },
    ],
    [
      "the index begins with a manifest, for this architecture, and holds nothing else",
      ({ index }, architecture) => {
        expect(index.manifests).toMatchObject([
          {
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            platform: { os: "linux", architecture },
          },
        ]);
      },
    ],
    [
      "there is one layer, compressed with gzip, and the config names what is in it",
      ({ manifest, config, layer }, architecture) => {
        expect(manifest.layers).toMatchObject([{ mediaType: expect.stringMatching(/gzip$/) }]);
        expect(config).toMatchObject({ os: "linux", architecture });
        expect(config.rootfs).toEqual({ type: "layers", diff_ids: [`sha256:${sha256Of(layer)}`] });
      },
    ],
    [
      "the layer begins with the directories of the id and the version, and all else is below them",
      (read) => {
        const { id, version } = about(read);
        const parent = `/cnb/buildpacks/${id.replace("/", "_")}`;
        const [first, second, ...rest] = read.layerEntries;
        expect(first).toMatchObject({ path: parent, type: "Directory", mode: 0o755 });
        expect(second).toMatchObject({ path: `${parent}/${version}`, type: "Directory" });
        const outside = rest.filter(({ path }) => !path.startsWith(`${parent}/${version}/`));
        expect(outside).toEqual([]);
      },
    ],
    [
      "files of the layer are root's, from 1980, mode 0755 or 0644, after the directory they are in",
      ({ layerEntries }) => {
        expectHeaders(layerEntries);
        const seen = new Set<string>();
        for (const { path, type, mode } of layerEntries) {
          expect(["Directory", "File"]).toContain(type);
          expect(type === "Directory" ? [0o755] : [0o755, 0o644]).toContain(mode);
          const parent = path.slice(0, path.lastIndexOf("/"));
          if (seen.size > 0) expect(seen).toContain(parent);
          expect(seen).not.toContain(path);
          seen.add(path);
        }
      },
    ],
    [
      "no path has two dots in a row anywhere",
      ({ layerEntries }) => {
        expect(layerEntries.filter(({ path }) => path.includes(".."))).toEqual([]);
      },
    ],
    [
      "bin/detect, bin/build and the Node of this architecture are executable",
      (read, architecture) => {
        const executable = read.layerEntries.filter(
          ({ type, mode }) => type === "File" && mode === 0o755,
        );
        const names = executable.map(({ path }) => path.split("/").slice(5).join("/"));
        expect(names).toEqual(
          expect.arrayContaining(["bin/build", "bin/detect", "runtime/bin/node"]),
        );
        // `e_machine` of the System V ABI.
        const machine = { amd64: 62, arm64: 183 }[architecture];
        expect(fileOf(read, "runtime/bin/node").readUInt16LE(18)).toBe(machine);
      },
    ],
    [
      "its own buildpack.toml says the same as the labels, for this architecture alone",
      (read, architecture) => {
        const toml = fileOf(read, "buildpack.toml").toString();
        const { id, version } = about(read);
        const { api } = layersLabel(read)[id]?.[version] ?? {};
        expect(toml).toContain(`id = "${id}"`);
        expect(toml).toContain(`version = "${version}"`);
        expect(toml).toContain(`api = "${String(api)}"`);
        expect(toml.match(/\[\[\s*targets\s*\]\]/g)).toHaveLength(1);
        expect(toml).toContain(`arch = "${architecture}"`);
      },
    ],
    [
      "the label io.buildpacks.buildpackage.metadata names the buildpack, and at least one stack",
      (read) => {
        expect(about(read)).toMatchObject({
          id: expect.stringMatching(/^[a-z]+\/[a-z]+$/),
          version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
          stacks: [{ id: "*" }],
        });
      },
    ],
    [
      "the label io.buildpacks.buildpack.layers names its API, its target and its layer",
      (read, architecture) => {
        const { id, version } = about(read);
        expect(layersLabel(read)).toEqual({
          [id]: {
            [version]: expect.objectContaining({
              api: expect.stringMatching(/^\d+\.\d+$/),
              stacks: [{ id: "*" }],
              targets: [{ os: "linux", arch: architecture }],
              layerDiffID: read.config.rootfs.diff_ids[0],
            }),
          },
        });
      },
    ],
  ];

/** The first second of 1980, which no release of a platform writes otherwise. */
function expectHeaders(entries: readonly ReadTarEntry[]): void {
  const odd = entries.filter(
    ({ uid, gid, uname, gname, time, path }) =>
      uid !== 0 || gid !== 0 || uname || gname || time !== 315532801 || !path.startsWith("/"),
  );
  expect(odd).toEqual([]);
}

function about({ config }: ReadPackage): { id: string; version: string } {
  const label = config.config.Labels["io.buildpacks.buildpackage.metadata"] ?? "{}";
  return JSON.parse(label) as { id: string; version: string };
}

function layersLabel({ config }: ReadPackage) {
  const label = config.config.Labels["io.buildpacks.buildpack.layers"] ?? "{}";
  return JSON.parse(label) as Record<string, Record<string, { api?: string }>>;
}

function fileOf({ layerEntries }: ReadPackage, name: string): Buffer {
  const found = layerEntries.find(({ path }) => path.split("/").slice(5).join("/") === name);
  if (!found) throw new Error(`${name} is not in the package`);
  return found.content;
}
