import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { type ReadWatch, watchReads } from "../../system/access-times.ts";
import type { Project } from "../project/project.ts";
import type { AssetsOptions } from "./assets-layer.ts";

/**
 * With BP_RAILS_ASSETS_REUSE: finds out which files of the app rake reads from now on. All of them count if access
 * times do not show it.
 */
export async function watchFilesRead(
  project: Project,
  options: AssetsOptions,
  startWatch = watchReads,
): Promise<AssetsOptions> {
  const { appDir, reuse, section } = options;
  if (reuse === undefined) return options;
  const watch = await startWatch(appDir);
  if (watch === undefined) {
    section.say(
      "A change of any file will run rake again, because access times do not show which ones rake reads",
    );
    return options;
  }
  return { ...options, reuse: { ...reuse, filesRead: readsOf(watch, project, options) } };
}

function readsOf(watch: ReadWatch, project: Project, { section }: AssetsOptions): ReadWatch {
  const counts = countsAlways(project);
  return async (paths) => {
    const all = [...paths];
    const read = await watch(all.filter((path) => !counts(path)));
    if (all.includes(application) && !read.has(application)) {
      section.say(
        `A change of any file will run rake again, because nothing shows that rake read \`${application}\``,
      );
      return new Set(all);
    }
    return new Set([...read, ...all.filter(counts)]);
  };
}

const application = "config/application.rb";

/** Files that programs use without reading them, or without leaving an access time. */
function countsAlways({ locked }: Project): (path: string) => boolean {
  const patterns = [
    // Programs look for packages, and compare times.
    /(?:^|\/)node_modules\//,
    // Rake gets its settings as variables.
    /(?:^|\/)\.bundle\/config$/,
    ...(findGem(locked, "sprockets") ? [/(?:^|\/)(?:app|lib|vendor)\/assets\//] : []),
    // Bootsnap opens them with O_NOATIME, if an app sets up bootsnap by itself.
    ...(findGem(locked, "bootsnap") ? [/\.(?:ya?ml|json)$/] : []),
  ];
  return (path) => patterns.some((pattern) => pattern.test(path));
}
