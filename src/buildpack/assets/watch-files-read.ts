import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { type ReadWatch, watchReads } from "../../system/access-times.ts";
import type { Project } from "../project/project.ts";
import type { AssetsOptions } from "./assets-layer.ts";

/**
 * With BP_RAILS_ASSETS_REUSE: finds out which files of the app rake reads from now on. All of them count if the
 * file system does not show it.
 */
export async function watchFilesRead(
  { project }: { project: Project },
  options: AssetsOptions,
  startWatch = watchReads,
): Promise<AssetsOptions> {
  const { appDir, reuse, section } = options;
  if (reuse === undefined) return options;
  const watch = await startWatch(appDir);
  if (watch === undefined) {
    section.say("Every file of the app counts, because the file system keeps no access times");
    return options;
  }
  return { ...options, reuse: { ...reuse, filesRead: readsOf(watch, project, options) } };
}

function readsOf(watch: ReadWatch, project: Project, { section }: AssetsOptions): ReadWatch {
  const isSeldomRead = readUnseen(project);
  return async (paths) => {
    const all = [...paths];
    const read = await watch(all);
    // Reads that bypass access times would not show. Bootsnap's do, if an app sets it up by itself.
    if (all.includes(application) && !read.has(application)) {
      section.say(
        `Every file of the app counts, because nothing shows that rake read \`${application}\``,
      );
      return new Set(all);
    }
    return new Set([...read, ...all.filter(isSeldomRead)]);
  };
}

const application = "config/application.rb";

/** Files that programs look for, or whose times they compare, without reading them. */
function readUnseen({ locked }: Project): (path: string) => boolean {
  const sprockets = findGem(locked, "sprockets") !== undefined;
  return (path) =>
    /(?:^|\/)node_modules\//.test(path) ||
    (sprockets && /(?:^|\/)(?:app|lib|vendor)\/assets\//.test(path));
}
