import { join } from "node:path";
import { readTextIfAny } from "../../system/files.ts";
import { pathSourceDir, type Project } from "../project/project.ts";

/** A path gem whose gemspec runs git. */
export interface GemspecWithGit {
  name: string;
  path: string;
}

/**
 * The path gems whose gemspecs run git to list their files, sorted by name. Bundler evaluates such gemspecs
 * whenever the app starts. (It rewrites gemspecs of gems from git.)
 */
export async function findGemspecsWithGit(
  project: Pick<Project, "dir" | "gemfile" | "locked">,
): Promise<GemspecWithGit[]> {
  const found: GemspecWithGit[] = [];
  for (const { name, source } of project.locked.specs) {
    if (source.kind !== "path") continue;
    const path = join(pathSourceDir(project, source.remote), `${name}.gemspec`);
    const text = await readTextIfAny(path);
    if (text !== undefined && runsGit.test(text)) found.push({ name, path });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

// `git ls-files -z`, %w[git ls-files -z], "git", "ls-files"
const runsGit = /^[^#\n]*\bgit["',\s]+ls-files/m;
