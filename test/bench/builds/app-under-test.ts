import { join } from "node:path";
import glob from "fast-glob";
import type { Mirror } from "../../../scripts/mirror/mirror.ts";
import { Unavailable } from "../../../scripts/unavailable.ts";
import { wantedRuby } from "../../../scripts/wanted-ruby.ts";
import { ensureWorld, type World } from "../../support/world.ts";
import { newerRuby } from "./edit-gemfile.ts";

/** An app to build. */
export interface AppUnderTest {
  /** What tables call it. */
  name: string;
  directory: string;
  /** A file with variables of its builds. */
  env?: string | undefined;
  /** A root file system with what its gems need. */
  root?: string | undefined;
}

/** What the builds of an app build with. */
export interface AppWorld extends World {
  /** The app's own Ruby. */
  ruby: string;
  /** For the build with a newer one; undefined if there is none. */
  newer: string | undefined;
}

/**
 * Makes what an app is built with: its Ruby, and a newer one if that is wanted.
 *
 * @throws Unavailable if the mirror cannot have the app's Ruby.
 */
export async function worldOf(
  app: AppUnderTest,
  { checkout, newer: wantsNewer }: { checkout: string; newer: boolean },
): Promise<AppWorld> {
  const wanted = await wantedRuby(app.directory, checkout);
  if (wanted?.name !== "ruby") throw new Unavailable(`${app.name} is not an app for CRuby`);
  const ruby = wanted.version;
  const candidate = wantsNewer ? newerRuby(ruby) : undefined;
  const world = await ensureWorld({ rubies: candidate === undefined ? [ruby] : [ruby, candidate] });
  const missing = new Map(world.mirror.missing.map(({ version, why }) => [version, why]));
  if (missing.has(ruby)) throw new Unavailable(`Ruby ${ruby} of ${app.name}: ${missing.get(ruby)}`);
  const newer = candidate !== undefined && missing.has(candidate) ? undefined : candidate;
  const { root } = app;
  return {
    ...world,
    ...(root === undefined ? {} : { buildRoot: root, runRoot: root }),
    ruby,
    newer,
  };
}

/** The archive of a Ruby in the mirror. */
export async function archiveOf(mirror: Mirror, ruby: string): Promise<string> {
  const [archive] = await glob(`ruby-${ruby}-*.tgz`, { cwd: mirror.directory });
  if (archive === undefined) throw new Error(`the mirror has no binaries of Ruby ${ruby}`);
  return join(mirror.directory, archive);
}
