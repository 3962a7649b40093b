import * as z from "zod";
import type { BuildContext } from "../build-context.ts";
import { defaultBundlerFor } from "../../ruby/bundler-default.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRubyVersion } from "./choose-ruby.ts";
import type { Project } from "../project/project.ts";

export interface Versions {
  ruby: RubyRequest;
  bundler: string;
}

const defaultVersions = z.object({
  "default-versions": z.object({ ruby: z.string(), bundler: z.string() }),
});

/** Chooses which Ruby and Bundler to install, and prints where each version comes from. */
export async function chooseVersions(context: BuildContext, project: Project): Promise<Versions> {
  const { descriptor } = context.input;
  const defaults = defaultVersions.parse(descriptor.metadata)["default-versions"];
  return await context.printer.section("Versions", async (section) => {
    const ruby = chooseRubyVersion(project, defaults.ruby, section);
    const bundler = chooseBundlerVersion(project, ruby, defaults.bundler, section);
    return { ruby, bundler };
  });
}

function chooseBundlerVersion(
  { locked, lockfile }: Project,
  { ruby }: RubyRequest,
  buildpackDefault: string,
  section: Section,
): string {
  if (locked.bundledWith !== undefined) {
    section.say(`Bundler \`${locked.bundledWith}\` from ${lockfile}`);
    return locked.bundledWith;
  }
  const version = defaultBundlerFor(ruby.version, buildpackDefault);
  section.say(`Bundler \`${version}\`, the buildpack's default for this Ruby`);
  section.detail(`${lockfile} has no BUNDLED WITH (\`bundle lock --bundler\` adds it)`);
  return version;
}
