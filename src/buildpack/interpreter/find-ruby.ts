import type { Artifact } from "../../artifacts/artifact.ts";
import { installArtifact } from "../../artifacts/install-artifact.ts";
import { newerPatch, newestOfBranch, resolveArtifact } from "../../artifacts/resolve-artifact.ts";
import { ageWarning, readRubyBranches } from "../../artifacts/ruby-branches.ts";
import { tidyJruby } from "../../artifacts/tidy-jruby.ts";
import { verifyRuby } from "../../artifacts/verify-ruby.ts";
import type { Target } from "../../cnb/target.ts";
import type { Section } from "../../output/printer.ts";
import { rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import type { LockedRuby } from "../../ruby/ruby-version.ts";
import type { BuildContext } from "../build-context.ts";
import { installContext } from "./load-inventory.ts";

/** The Ruby to install: what identifies its archive, and how to put it into a directory. */
export interface FoundRuby {
  /** As it was asked for; where that names a branch only, the newest release of it. */
  ruby: LockedRuby;
  checksum: string;
  install: (directory: string, section: Section) => Promise<void>;
}

/**
 * Finds the archive of a Ruby for the build's target, and warns of a Ruby that is out of date.
 *
 * @throws BuildpackError `artifact/version-unknown` with the nearest versions that there are,
 * or `artifact/none-for-target`.
 */
export async function findRuby(
  context: BuildContext,
  request: RubyRequest,
  inventory: readonly Artifact[],
  section: Section,
): Promise<FoundRuby> {
  const { input } = context;
  const installing = installContext(context, section);
  const ruby = releaseOf(request.ruby, inventory, input.target, section);
  const wanted = { name: ruby.engine, version: versionOf(ruby), target: input.target };
  const artifact = resolveArtifact(inventory, { ...wanted, source: request.source });
  await warnOfAge(context, ruby, newerPatch(inventory, wanted), section);
  return {
    ruby,
    checksum: artifact.sha256 ?? `none published for ${withoutSecrets(artifact.url)}`,
    install: async (directory) => {
      await installArtifact(artifact, directory, installing);
      if (ruby.engine === "jruby") await tidyJruby(directory);
      const language = await verifyRuby(directory, ruby, installing);
      reportRuby(request, ruby, language, section);
    },
  };
}

function reportRuby(
  { ruby: asked, source }: RubyRequest,
  ruby: LockedRuby,
  language: string,
  section: Section,
): void {
  const label = rubyLabel(ruby);
  const speaks = ruby.engine === "jruby" ? `, and that it speaks Ruby \`${language}\`` : "";
  section.say(`\`${label}\` reports the version that was asked for${speaks}`);
  // Only a lockfile names all of the language; of what a version file leaves out nobody complains.
  if (ruby.engine !== "jruby" || !/^\d+\.\d+\.\d+$/.test(asked.version)) return;
  if (asked.version === language) return;
  section.warn(
    `${source} says that ${label} speaks Ruby ${asked.version}, but it speaks ${language}. Bundler will compare that with the Gemfile.`,
    `Say ruby "${language}" in the Gemfile, and engine_version: "${ruby.engineVersion}", then: bundle update --ruby`,
  );
}

/** A branch (`3.4`, as version managers take it) becomes the newest release that there is of it. */
function releaseOf(
  ruby: LockedRuby,
  inventory: readonly Artifact[],
  target: Target,
  section: Section,
): LockedRuby {
  const branch = { name: ruby.engine, version: versionOf(ruby), target };
  const newest = newestOfBranch(inventory, branch);
  if (newest === undefined) return ruby;
  section.say(`\`${newest}\` is the newest ${rubyLabel(ruby)} that can be installed`);
  return ruby.engine === "ruby"
    ? { engine: "ruby", version: newest }
    : { ...ruby, engineVersion: newest };
}

function versionOf({ version, engineVersion }: LockedRuby): string {
  return engineVersion ?? version;
}

/** Metadata becomes a label of the image: credentials and signatures of a URL must not be in it. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

async function warnOfAge(
  { input, clock }: BuildContext,
  { engine, version }: LockedRuby,
  newer: string | undefined,
  section: Section,
): Promise<void> {
  if (engine !== "ruby") return;
  const branches = await readRubyBranches(input.buildpackDir);
  section.warn(...ageWarning(version, clock.today(), branches, newer));
}
