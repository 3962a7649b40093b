import type { Project } from "../../../src/buildpack/project/read-project.ts";
import { parseGemfileLock } from "../../../src/ruby/lockfile/parse-gemfile-lock.ts";

/** A project as it is read from an app with this lockfile, and nothing else unless stated. */
export function makeProject(lockfile: string, rest: Partial<Project> = {}): Project {
  const parsed = parseGemfileLock(lockfile);
  if (parsed.kind === "refused") throw new Error(parsed.problem);
  return {
    dir: "/workspace",
    path: "",
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    locked: parsed.lockfile,
    ignored: parsed.ignored,
    rubyVersionFile: undefined,
    toolVersionsFile: undefined,
    miseRuby: undefined,
    gemfileText: "",
    bundleConfig: undefined,
    procfile: { state: "missing" },
    configRu: false,
    binRails: false,
    credentials: false,
    binConsole: false,
    binJobs: false,
    binRspec: false,
    specs: false,
    tests: false,
    rakefile: false,
    ...rest,
  };
}
