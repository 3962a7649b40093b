import type { Target } from "../../cnb/target.ts";
import { extensionNeeds } from "../../ruby/extension-needs.ts";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import { neededAtRunTime } from "../../ruby/system-libraries.ts";
import { installedPackages } from "../../system/debian-packages.ts";
import { lookFor, type SystemWant, type Wanted } from "./find-system-needs.ts";

/** What a gem needs from the build image and the run image. */
export interface ExpectedNeeds {
  /** Of the run image, too. */
  libraries: SystemWant[];
  /** Packages to compile extensions with. `present` is undefined if the root does not use dpkg. */
  toCompile: { package: string; gems: string[]; present: boolean | undefined }[];
}

export interface ExpectedNeedsRequest {
  locked: GemfileLock;
  /** Gems that the build does not install. */
  leftOut: ReadonlySet<string>;
  /** RubyGems' name of the platform that gems are installed for. */
  platform: string;
  target: Target;
  env: Readonly<Record<string, string | undefined>>;
  /** The root directory of the build's file system. */
  root: string;
}

/** What the gems of a lockfile are going to need from the system, before they are installed. */
export async function expectSystemNeeds(request: ExpectedNeedsRequest): Promise<ExpectedNeeds> {
  const { locked, platform, root } = request;
  const specs = locked.specs.filter(({ name }) => !request.leftOut.has(name));
  const extensions = extensionNeeds({ ...locked, specs }, platform);
  const wanted = new Map<string, Wanted>();
  const add = (names: readonly string[], gem: string) => {
    const [first] = names;
    if (first === undefined) return;
    const gems = wanted.get(first)?.gems ?? new Set();
    wanted.set(first, { names, gems: gems.add(gem) });
  };
  for (const { gem, libraries } of extensions) add(libraries, gem);
  for (const { name } of specs) add(neededAtRunTime(name)?.names ?? [], name);
  const installed = await installedPackages(root);
  const packages = Map.groupBy(extensions, ({ compiledWith }) => compiledWith);
  return {
    // Reading all of dpkg's lists takes seconds.
    libraries: await lookFor([...wanted.values()], request, async () => new Map()),
    toCompile: [...packages].map(([name, users]) => ({
      package: name,
      gems: users.map(({ gem }) => gem),
      present: installed?.has(name),
    })),
  };
}
