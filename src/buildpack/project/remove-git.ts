import { relative } from "node:path";
import glob from "fast-glob";
import { discardTree } from "../../system/tree.ts";
import type { BuildContext } from "../build-context.ts";

/**
 * Removes every `.git` of the app, unless `BP_KEEP_GIT` is `true`: directories, the files of worktrees and
 * submodules, and links, but never what a link leads to. An image must not contain the app's history,
 * nor the login that a CI system has written into `.git/config`.
 *
 * @throws BuildpackError `system/*`.
 */
export async function removeGit({ input, settings, printer }: BuildContext): Promise<void> {
  if (settings.BP_KEEP_GIT) return;
  const found = await glob("**/.git", {
    cwd: input.appDir,
    absolute: true,
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    ignore: ["**/.git/*/**"],
  });
  if (found.length === 0) return;
  await printer.section("Git", async (section) => {
    for (const path of found) await discardTree(path);
    const paths = found.map((path) => `\`${relative(input.appDir, path)}\``).sort();
    section.say(`Removed ${shorten(paths)} (to keep it in the image: \`BP_KEEP_GIT=true\`)`);
  });
}

function shorten(paths: readonly string[]): string {
  const more = paths.length - shownPaths;
  if (more <= 0) return paths.join(", ");
  return `${paths.slice(0, shownPaths).join(", ")} and ${more} more`;
}

const shownPaths = 3;
