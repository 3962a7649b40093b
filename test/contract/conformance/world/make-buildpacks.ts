import type { Entry, StoryBuildpack } from "../story.ts";

/** The files of a story's buildpack: `/cnb/buildpacks/<id, / as _>/<version>/…`. */
export function buildpackEntries(buildpack: StoryBuildpack): Entry[] {
  const { id, version = "1.0.0", bin = true } = buildpack;
  const directory = `/cnb/buildpacks/${id.replaceAll("/", "_")}/${version}`;
  const programs = (["detect", "build"] as const).map((name) => ({
    path: `${directory}/bin/${name}`,
    content: scriptOf(buildpack[name] ?? ""),
  }));
  return [
    { path: `${directory}/buildpack.toml`, content: descriptorOf(buildpack) },
    ...(bin ? programs : []),
  ];
}

function descriptorOf(buildpack: StoryBuildpack): string {
  const { id, version = "1.0.0", api = "0.10", toml = "", descriptor } = buildpack;
  return (
    descriptor ?? `api = "${api}"\n\n[buildpack]\nid = "${id}"\nversion = "${version}"\n${toml}`
  );
}

function scriptOf(text: string): string {
  return text.startsWith("#!") ? `${text}\n` : `#!/bin/sh\nset -eu\n${text}\n`;
}
