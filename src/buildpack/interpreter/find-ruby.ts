import { type Artifact, checksumLabel } from "../../artifacts/artifact.ts";
import { installArtifact } from "../../artifacts/install-artifact.ts";
import { newerPatch, newestOfBranch, resolveArtifact } from "../../artifacts/resolve-artifact.ts";
import { ageWarning, readRubyBranches } from "../../artifacts/ruby-branches.ts";
import { tidyJruby } from "../../artifacts/tidy-jruby.ts";
import { tidyPortable } from "../../artifacts/tidy-portable.ts";
import { type VerifyContext, verifyRuby } from "../../artifacts/verify-ruby.ts";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { rubyLabel } from "../../ruby/versions/ruby-request.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import type { LockedRuby } from "../../ruby/versions/ruby-version.ts";
import type { BuildContext } from "../build-context.ts";
import { installContext } from "../install-context.ts";
import { sayPortability } from "./say-portability.ts";

/** The Ruby to install. */
export interface FoundRuby {
  /** As requested. If the request names only a branch (`3.4`), the newest release of that branch. */
  ruby: LockedRuby;
  /** Whether its archive is ready for use on this distribution, or on any, or has to be compiled. */
  kind: Artifact["kind"];
  /** Identifies its archive. */
  checksum: string;
  /** Why a Ruby of the last build cannot be used; `undefined` if it can. */
  check: (directory: string) => Promise<string | undefined>;
  /** Installs it into an empty directory. */
  install: (directory: string, section: Section) => Promise<void>;
}

/**
 * Finds the archive of a Ruby for the build's target, and warns if the Ruby is out of date.
 *
 * @throws BuildpackError `artifact/version-unknown` with the nearest existing versions, or
 * `artifact/none-for-target`.
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
  sayPortability(artifact, inventory, input.target, section);
  return {
    ruby,
    kind: artifact.kind,
    checksum: checksumLabel(artifact),
    check: async (directory) => await whyUnusable(directory, ruby, installing),
    install: async (directory) => {
      await installArtifact(artifact, directory, installing);
      if (ruby.engine === "jruby") await tidyJruby(directory);
      if (artifact.kind === "portable") await tidyPortable(directory);
      const language = await verifyRuby(directory, ruby, installing);
      reportRuby(request, ruby, language, section);
    },
  };
}

/** A cached Ruby can be damaged. JRuby is not started, because that takes as long as the rest of a rebuild. */
async function whyUnusable(
  directory: string,
  ruby: LockedRuby,
  context: VerifyContext,
): Promise<string | undefined> {
  if (ruby.engine === "jruby") return undefined;
  try {
    await verifyRuby(directory, ruby, context);
    return undefined;
  } catch (error) {
    if (!(error instanceof BuildpackError)) throw error;
    return "the Ruby of the last build does not start";
  }
}

function reportRuby(
  { ruby: asked, source }: RubyRequest,
  ruby: LockedRuby,
  language: string,
  section: Section,
): void {
  const label = rubyLabel(ruby);
  const compatible = ruby.engine === "jruby" ? ` (compatible with Ruby \`${language}\`)` : "";
  section.say(`Installed \`${label}\`${compatible}`);
  // Only a lockfile names the exact version of the language. Version files name JRuby's own.
  if (ruby.engine !== "jruby" || !/^\d+\.\d+\.\d+$/.test(asked.version)) return;
  if (asked.version === language) return;
  section.warn(
    `${source} says that ${label} is compatible with Ruby ${asked.version}, but it is compatible with ${language}.`,
    `Fix: write ruby "${language}" and engine_version: "${ruby.engineVersion}" into the Gemfile, then run: bundle update --ruby`,
  );
}

/** Replaces a branch (`3.4`, as in version files) by its newest release. */
function releaseOf(
  ruby: LockedRuby,
  inventory: readonly Artifact[],
  target: Target,
  section: Section,
): LockedRuby {
  const branch = { name: ruby.engine, version: versionOf(ruby), target };
  const newest = newestOfBranch(inventory, branch);
  if (newest === undefined) return ruby;
  section.say(`\`${newest}\` is the newest release of ${rubyLabel(ruby)}`);
  return ruby.engine === "ruby"
    ? { engine: "ruby", version: newest }
    : { ...ruby, engineVersion: newest };
}

function versionOf({ version, engineVersion }: LockedRuby): string {
  return engineVersion ?? version;
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
