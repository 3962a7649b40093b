import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRuby, rubyCandidates, rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyCandidate, RubyRequest } from "../../ruby/ruby-request.ts";
import type { Project } from "../project/read-project.ts";

/**
 * Chooses the Ruby of an app and prints every candidate, the winner and who disagrees.
 *
 * @throws BuildpackError `app/ruby-unsupported` for an engine that nobody builds for us.
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
  section.say(`\`${rubyLabel(request.ruby)}\` from ${request.source}`);
  for (const candidate of candidates) {
    if (candidate.source !== request.source) section.detail(describe(candidate));
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
    ? `${source}: says nothing`
    : `${source}: \`${unread}\` is no version`;
}

// What a winner of lower rank passed over was meant to count, and did not.
function warnOfUnreadWishes(
  candidates: readonly RubyCandidate[],
  winner: RubyRequest,
  section: Section,
): void {
  const rank = candidates.findIndex(({ source }) => source === winner.source);
  for (const { source, unread } of candidates.slice(0, rank)) {
    if (unread === undefined) continue;
    section.warn(`${source} says ${unread}, which names no version, so ${winner.source} decides.`);
  }
}

function warnOfDisagreement({ ruby, source, disagreeing }: RubyRequest, section: Section): void {
  for (const other of disagreeing) {
    if (!other.wish) continue;
    section.warn(
      `${other.source} says ${rubyLabel(other.wish)}, but ${source} says ${rubyLabel(ruby)}, which wins.`,
      `To make them agree, write ${rubyLabel(ruby)} into ${other.source}, or the other way round.`,
    );
  }
}
