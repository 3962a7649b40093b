import type { Artifact } from "../artifacts/artifact.ts";
import type { BuildContext } from "./build-context.ts";
import { installGems } from "./gems/gems.ts";
import type { Installed } from "./installed.ts";
import { installRuby, type Versions } from "./interpreter/interpreter.ts";
import { installJemalloc, type JemallocChoice } from "./jemalloc/jemalloc.ts";
import type { Project } from "./project/project.ts";
import { sideBySide } from "./side-by-side.ts";

/** What to install, and where it can come from. */
export interface Wanted {
  inventory: readonly Artifact[];
  versions: Versions;
  jemalloc: JemallocChoice | undefined;
}

/**
 * Installs Ruby, then Bundler and the gems. jemalloc is installed at the same time, and so is everything
 * that does not need Ruby.
 *
 * @throws BuildpackError of `download/*`, `artifact/*`, `compile/*`, `jemalloc/*`, `bundler/*` or
 * `gems/*`.
 */
export async function install(
  context: BuildContext,
  project: Project,
  { inventory, jemalloc, versions }: Wanted,
): Promise<Installed> {
  const [installed] = await sideBySide(context, (shared) => {
    const ruby = installRuby(shared, versions.ruby, inventory);
    return [
      installGems(shared, project, versions.bundler, ruby),
      installJemalloc(shared, jemalloc, ruby),
    ];
  });
  return installed;
}
