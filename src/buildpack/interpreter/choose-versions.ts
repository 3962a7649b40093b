import * as z from "zod";
import type { BuildContext } from "../build-context.ts";
import { defaultBundlerFor } from "../../ruby/bundler-default.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRubyVersion } from "./choose-ruby.ts";
import type { Project } from "../project/read-project.ts";

export interface Versions {
  ruby: RubyRequest;
  bundler: string;
}

const defaultVersions = z.object({
  "default-versions": z.object({ ruby: z.string(), bundler: z.string() }),
});

/** Chooses what to install, and prints every choice with where it comes from. */
export async function chooseVersions(context: BuildContext, project: Project): Promise<Versions> {
  const { descriptor } = context.input;
  const defaults = defaultVersions.parse(descriptor.metadata)["default-versions"];
  const { printer } = context;
  const ruby = await printer.section("Ruby version", async (section) =>
    chooseRubyVersion(project, defaults.ruby, section),
  );
  const bundler = await printer.section("Bundler version", async (section) =>
    chooseBundlerVersion(project, ruby, defaults.bundler, section),
  );
  return { ruby, bundler };
}

function chooseBundlerVersion(
  { locked, lockfile }: Project,
  { ruby }: RubyRequest,
  buildpackDefault: string,
  section: Section,
): string {
  if (locked.bundledWith !== undefined) {
    section.say(`\`${locked.bundledWith}\` from ${lockfile}`);
    return locked.bundledWith;
  }
  const version = defaultBundlerFor(ruby.version, buildpackDefault);
  section.say(`\`${version}\` from the buildpack's default for this Ruby`);
  section.detail(`${lockfile}: says nothing (\`bundle lock --bundler\` writes BUNDLED WITH)`);
  return version;
}
