import { dirname, join } from "node:path";
import { readTextIfAny } from "../../system/files.ts";
import type { Project } from "../project/read-project.ts";

/**
 * The path gems, by name, whose gemspecs ask git for their files. Bundler evaluates them whenever the
 * app starts, and the app does not start where there is no git; those of gems from git it rewrites.
 */
export async function findGemspecsWithGit(
  project: Pick<Project, "dir" | "gemfile" | "locked">,
): Promise<string[]> {
  const bundleDir = join(project.dir, dirname(project.gemfile));
  const found: string[] = [];
  for (const { name, source } of project.locked.specs) {
    if (source.kind !== "path") continue;
    const text = await readTextIfAny(join(bundleDir, source.remote, `${name}.gemspec`));
    if (text !== undefined && runsGit.test(text)) found.push(name);
  }
  return found.sort();
}

// `git ls-files -z`, %w[git ls-files -z], "git", "ls-files"
const runsGit = /^[^#\n]*\bgit["',\s]+ls-files/m;
