import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRuby, rubyCandidates, rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyCandidate, RubyRequest } from "../../ruby/ruby-request.ts";
import type { Project } from "../project/project.ts";

/**
 * Chooses the app's Ruby. Prints where its version comes from, warns about files that name another one,
 * and at debug level lists every place that could have named one.
 *
 * @throws BuildpackError `app/ruby-unsupported` for an engine other than MRI and JRuby.
 */
export function chooseRubyVersion(
  project: Project,
  buildpackDefault: string,
  section: Section,
): RubyRequest {
  const candidates = rubyCandidates({
    lockfileName: project.lockfile,
    lockedRuby: project.locked.rubyVersion,
    rubyVersionFile: project.rubyVersionFile,
    toolVersionsFile: project.toolVersionsFile,
    buildpackDefault,
  });
  const request = chooseRuby(candidates);
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
