import { basename } from "node:path";
import glob from "fast-glob";
import { readTextIfAny } from "../../system/files.ts";
import { pathSourceDir, type Project } from "../project/project.ts";

/** A gemspec that runs git, in the directory of path gems. */
export interface GemspecWithGit {
  /** The name of the file without `.gemspec`, usually that of the gem. */
  name: string;
  path: string;
}

/**
 * The gemspecs in directories of path gems that run git to list their files, sorted by path. Bundler evaluates all
 * gemspecs of such a directory whenever the app starts. (It rewrites gemspecs of gems from git.)
 */
export async function findGemspecsWithGit(
  project: Pick<Project, "dir" | "gemfile" | "locked">,
): Promise<GemspecWithGit[]> {
  const found: GemspecWithGit[] = [];
  for (const path of await gemspecsOf(project)) {
    const text = await readTextIfAny(path);
    if (text !== undefined && runsGit.test(text)) {
      found.push({ name: basename(path, ".gemspec"), path });
    }
  }
  return found;
}

async function gemspecsOf(project: Pick<Project, "dir" | "gemfile" | "locked">): Promise<string[]> {
  const paths = new Set<string>();
  for (const source of project.locked.sources) {
    if (source.kind !== "path") continue;
    const cwd = pathSourceDir(project, source.remote);
    const options = { cwd, absolute: true, followSymbolicLinks: false };
    for (const path of await glob(patternOf(source.glob), options)) paths.add(path);
  }
  return [...paths].sort();
}

/** Bundler's own pattern, unless the Gemfile has another one that stays in the directory. */
function patternOf(given: string | undefined): string {
  if (given === undefined || given.startsWith("/") || given.split("/").includes("..")) {
    return "{*,*/*}.gemspec";
  }
  return given;
}

// `git ls-files -z`, %w[git ls-files -z], "git", "ls-files", git -C DIR ls-files
const runsGit = /^[^#\n]*\bgit["',\s]+(?:-C["',\s]+[^\s,]+["',\s]+)?ls-files/m;
