import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRuby, rubyCandidates, rubyLabel } from "../../ruby/versions/ruby-request.ts";
import type {
  RubyCandidate,
  RubyRequest,
  RubyVersionSources,
} from "../../ruby/versions/ruby-request.ts";
import type { Project } from "../project/project.ts";

/**
 * Chooses the app's Ruby. Prints where its version comes from, warns about files that name another one,
 * and at debug level lists every place that could have named one.
 *
 * @param setting BP_RUBY_VERSION.
 * @throws BuildpackError `app/ruby-unsupported` for an engine other than MRI and JRuby,
 * `app/version-conflict` if BP_RUBY_VERSION is not the lockfile's Ruby.
 */
export function chooseRubyVersion(
  project: Project,
  buildpackDefault: string,
  section: Section,
  setting?: string,
): RubyRequest {
  const candidates = rubyCandidates({ ...rubySources(project), setting, buildpackDefault });
  const request = chooseRuby(candidates);
  refuseConflict(request);
  section.say(`Ruby \`${rubyLabel(request.ruby)}\` from ${request.source}`);
  for (const candidate of candidates) {
    if (candidate.source !== request.source) section.debug(describe(candidate));
  }
  warnOfUnreadWishes(candidates, request, section);
  warnOfDisagreement(request, section);
  if (request.ruby.engine !== "ruby" && request.ruby.engine !== "jruby") {
    const requested = rubyLabel(request.ruby);
    throw new BuildpackError({ code: "app/ruby-unsupported", requested, source: request.source });
  }
  return request;
}

/** What the app's files say about its Ruby. */
export function rubySources(
  project: Project,
): Omit<RubyVersionSources, "setting" | "buildpackDefault"> {
  return {
    lockfileName: project.lockfile,
    lockedRuby: project.locked.rubyVersion,
    rubyVersionFile: project.rubyVersionFile,
    toolVersionsFile: project.toolVersionsFile,
    miseRuby: project.miseRuby,
    gemfile: { name: project.gemfile, text: project.gemfileText },
  };
}

// The lockfile comes first, but a setting that has no effect would be a trap.
function refuseConflict({ ruby, source, disagreeing }: RubyRequest): void {
  const setting = disagreeing.find((other) => other.source === "BP_RUBY_VERSION")?.wish;
  if (!setting) return;
  const facts = { what: "Ruby", key: "BP_RUBY_VERSION", value: rubyLabel(setting), source };
  const update = "bundle update --ruby";
  throw new BuildpackError({
    code: "app/version-conflict",
    ...facts,
    locked: rubyLabel(ruby),
    update,
  });
}

function describe({ source, wish, unread }: RubyCandidate): string {
  if (wish) return `${source}: \`${rubyLabel(wish)}\``;
  return unread === undefined
    ? `${source}: no version`
    : `${source}: \`${unread}\` is not a version`;
}

// Places that come before the winner and contain something that is not a version.
function warnOfUnreadWishes(
  candidates: readonly RubyCandidate[],
  winner: RubyRequest,
  section: Section,
): void {
  const rank = candidates.findIndex(({ source }) => source === winner.source);
  for (const { source, unread } of candidates.slice(0, rank)) {
    if (unread === undefined) continue;
    section.warn(`Ignored ${source}: ${unread} is not a version.`);
  }
}

function warnOfDisagreement({ ruby, source, disagreeing }: RubyRequest, section: Section): void {
  for (const other of disagreeing) {
    if (!other.wish) continue;
    section.warn(
      `Using Ruby ${rubyLabel(ruby)} from ${source}, although ${other.source} says ${rubyLabel(other.wish)}.`,
      `Fix: write ${rubyLabel(ruby)} into ${other.source}, or change the version in ${source}.`,
    );
  }
}
