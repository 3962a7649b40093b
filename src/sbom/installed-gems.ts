import { readFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import type { GemfileLock, LockedGem } from "../ruby/lockfile/gemfile-lock.ts";
import { sha256Of } from "../ruby/lockfile/sha256-of.ts";
import { parseInstalledGemspec } from "../ruby/gems/gemspec.ts";
import type { GitSource } from "../ruby/lockfile/source.ts";
import type { Component } from "./component.ts";
import { gemUrl } from "./package-url.ts";

/**
 * The gems in a directory of gems, read from the gemspecs that RubyGems has written. Gems that ship with Ruby
 * are included. Checksums come from the lockfile, if one is given.
 */
export async function installedGems(gemsDir: string, locked?: GemfileLock): Promise<Component[]> {
  const paths = await glob("specifications/{,default/}*.gemspec", { cwd: gemsDir });
  const gemspecs = await Promise.all(
    paths.map(async (path) => parseInstalledGemspec(await readFile(join(gemsDir, path), "utf8"))),
  );
  return gemspecs
    .filter((gemspec) => gemspec !== undefined)
    .map((gemspec) => ({
      name: gemspec.name,
      version: gemspec.version,
      purl: gemUrl(gemspec),
      licenses: gemspec.licenses.filter((name) => name.trim() !== ""),
      sha256: locked && sha256Of(locked, gemspec),
      homepage: webAddress(gemspec.homepage),
    }));
}

/** The gems of the lockfile that Bundler has cloned into a directory of gems. */
export async function clonedGems(gemsDir: string, locked: GemfileLock): Promise<Component[]> {
  const clones = await glob("bundler/gems/*", { cwd: gemsDir, onlyDirectories: true });
  return locked.specs.flatMap((gem) => {
    const { source } = gem;
    if (source.kind !== "git" || !clones.some((path) => isCloneOf(path, source))) return [];
    return [clonedGem(gem, source)];
  });
}

/** Bundler names a clone after the repository and the first twelve digits of the revision. */
function isCloneOf(path: string, { revision }: GitSource): boolean {
  return revision !== undefined && path.endsWith(`-${revision.slice(0, 12)}`);
}

function clonedGem(gem: LockedGem, { remote, revision }: GitSource): Component {
  const { name, version } = gem;
  const vcsUrl = `git+${withoutCredentials(remote)}@${revision}`;
  return { name, version, purl: gemUrl(gem, vcsUrl), licenses: [] };
}

function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:/.test(text) ? text : undefined;
}

function withoutCredentials(remote: string): string {
  if (!URL.canParse(remote)) return remote;
  const url = new URL(remote);
  url.username = "";
  url.password = "";
  return url.toString();
}
