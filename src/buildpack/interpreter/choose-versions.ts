import { BuildpackError } from "../../failure.ts";
import type { BuildContext } from "../build-context.ts";
import { readDefaultVersions } from "../default-versions.ts";
import { defaultBundlerFor } from "../../ruby/bundler-default.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRubyVersion } from "./choose-ruby.ts";
import type { Project } from "../project/project.ts";

export interface Versions {
  ruby: RubyRequest;
  bundler: string;
  /** Where Bundler's version comes from, in the user's words. */
  bundlerSource: string;
}

/** Chooses which Ruby and Bundler to install, and prints where each version comes from. */
export async function chooseVersions(context: BuildContext, project: Project): Promise<Versions> {
  const { descriptor } = context.input;
  const { BP_RUBY_VERSION, BP_BUNDLER_VERSION: setting } = context.settings;
  const defaults = readDefaultVersions(descriptor.metadata);
  return await context.printer.section("Versions", async (section) => {
    const ruby = chooseRubyVersion(project, defaults.ruby, section, BP_RUBY_VERSION);
    const bundler = chooseBundlerVersion(project, ruby, defaults.bundler, section, setting);
    return { ruby, bundler: bundler.version, bundlerSource: bundler.source };
  });
}

function chooseBundlerVersion(
  { locked, lockfile }: Project,
  { ruby }: RubyRequest,
  buildpackDefault: string,
  section: Section,
  setting: string | undefined,
): { version: string; source: string } {
  refuseConflict(locked.bundledWith, setting, lockfile);
  if (locked.bundledWith !== undefined) {
    section.say(`Bundler \`${locked.bundledWith}\` from ${lockfile}`);
    return { version: locked.bundledWith, source: lockfile };
  }
  if (setting !== undefined) {
    section.say(`Bundler \`${setting}\` from BP_BUNDLER_VERSION`);
    return { version: setting, source: "BP_BUNDLER_VERSION" };
  }
  const version = defaultBundlerFor(ruby.version, buildpackDefault);
  section.say(`Bundler \`${version}\`, the buildpack's default for this Ruby`);
  section.detail(`${lockfile} has no BUNDLED WITH (\`bundle lock --bundler\` adds it)`);
  return { version, source: "the buildpack's default" };
}

function refuseConflict(locked: string | undefined, value: string | undefined, source: string) {
  if (locked === undefined || value === undefined || locked === value) return;
  const facts = { what: "Bundler", key: "BP_BUNDLER_VERSION", value, source, locked };
  const update = `bundle update --bundler=${value}`;
  throw new BuildpackError({ code: "app/version-conflict", ...facts, update });
}
