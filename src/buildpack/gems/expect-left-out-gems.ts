import { gemsLeftOut, type LeftOut } from "../../ruby/gemfile-groups.ts";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import type { ExecEnv } from "../../settings.ts";
import { definedVariables } from "../../system/environment/defined-variables.ts";
import { bundleGroups } from "../environment/environment.ts";
import type { Project } from "../project/project.ts";

/**
 * What `bundle install` will leave out, because only groups that are not installed need it: known before it runs, as far as the
 * text of the Gemfile shows. A lockfile does not contain groups.
 *
 * @param env - the build's variables.
 */
export function expectLeftOutGems(
  { gemfileText, locked }: Pick<Project, "gemfileText" | "locked">,
  env: Readonly<Record<string, string | undefined>>,
  execEnv: ExecEnv,
): LeftOut {
  // The build decides: what `.bundle/config` says of groups has no effect.
  const {
    BUNDLE_WITHOUT = "",
    BUNDLE_WITH = "",
    BUNDLE_ONLY,
  } = bundleGroups(definedVariables(env), execEnv);
  const choice = { with: BUNDLE_WITH.split(":"), without: BUNDLE_WITHOUT.split(":") };
  const { gems, optionalServers } = gemsLeftOut(gemfileText, choice);
  // With BUNDLE_ONLY, another list decides.
  if (BUNDLE_ONLY !== undefined) return { gems: new Set(), optionalServers };
  return { gems: withDependencies(gems, locked), optionalServers };
}

/** Also the gems that only gems which are left out depend on. */
function withDependencies(leftOut: ReadonlySet<string>, locked: GemfileLock): Set<string> {
  const direct = locked.dependencies.map(({ name }) => name);
  const installed = closureOf(
    direct.filter((name) => !leftOut.has(name)),
    locked,
  );
  const candidates = closureOf([...leftOut], locked);
  return new Set([...candidates].filter((name) => !installed.has(name)));
}

/** Some gems, and all that they depend on. */
function closureOf(names: readonly string[], { specs }: GemfileLock): Set<string> {
  const byName = Map.groupBy(specs, ({ name }) => name);
  const found = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const needed = (byName.get(name) ?? []).flatMap(({ dependencies }) => dependencies);
    waiting.push(...needed.map((dependency) => dependency.name));
  }
  return found;
}
