import type { BuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import { chooseRuby, rubyCandidates } from "../../ruby/versions/ruby-request.ts";
import { readDefaultVersions } from "../default-versions.ts";
import { rubySources } from "./choose-ruby.ts";
import { readProject } from "../project/project.ts";

/** An artifact that a build of an app installs. */
export interface WantedArtifact {
  name: string;
  version: string;
  /** Where the version comes from, in the user's words. */
  source: string;
}

/**
 * What a build of the app installs unless the user asks for something else: Ruby first, then jemalloc.
 *
 * @param env - the build's variables, such as BP_RUBY_PROJECT_PATH and BP_RUBY_VERSION.
 * @throws BuildpackError `app/*` for an app that cannot be read.
 */
export async function wantedArtifacts(
  appDir: string,
  { metadata }: BuildpackDescriptor,
  env: Readonly<Record<string, string>> = {},
): Promise<[WantedArtifact, ...WantedArtifact[]]> {
  const defaults = readDefaultVersions(metadata);
  const project = await readProject(appDir, env);
  const { ruby, source } = chooseRuby(
    rubyCandidates({
      ...rubySources(project),
      setting: env["BP_RUBY_VERSION"],
      buildpackDefault: defaults.ruby,
    }),
  );
  const { engine: name } = ruby;
  const wanted = { name, version: ruby.engineVersion ?? ruby.version, source };
  if (name !== "ruby") return [wanted];
  const jemalloc = { name: "jemalloc", version: defaults.jemalloc };
  return [wanted, { ...jemalloc, source: "the buildpack's default" }];
}
