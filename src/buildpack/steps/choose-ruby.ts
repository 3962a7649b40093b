import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { chooseRuby, rubyCandidates, rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import type { Project } from "./read-project.ts";

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
  for (const { source, wish } of candidates.filter(({ source }) => source !== request.source)) {
    section.detail(wish ? `${source}: \`${rubyLabel(wish)}\`` : `${source}: says nothing`);
  }
  warnOfDisagreement(request, section);
  if (request.ruby.engine !== "ruby" && request.ruby.engine !== "jruby") {
    const requested = rubyLabel(request.ruby);
    throw new BuildpackError({ code: "app/ruby-unsupported", requested, source: request.source });
  }
  return request;
}

function warnOfDisagreement({ ruby, source, disagreeing }: RubyRequest, section: Section): void {
  for (const other of disagreeing) {
    if (!other.wish) continue;
    section.warn(
      `${other.source} says ${rubyLabel(other.wish)}, but ${source} says ${rubyLabel(ruby)}, which wins.`,
      `Make them agree: write ${rubyLabel(ruby)} into ${other.source}, or run \`bundle update --ruby\`.`,
    );
  }
}
