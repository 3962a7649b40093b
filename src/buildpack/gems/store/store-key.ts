import { createHash } from "node:crypto";
import { settingVariable } from "../../../ruby/bundle-config.ts";
import type { GemfileLock } from "../../../ruby/lockfile/gemfile-lock.ts";
import { sha256Of } from "../../../ruby/lockfile/sha256-of.ts";
import { fullName, isFileName } from "../../../ruby/lockfile/state.ts";
import { addParts } from "../../../system/file-digest.ts";

/** A gem of the lockfile that may be in the store. */
export interface StorableGem {
  name: string;
  /** As RubyGems names directories: `nokogiri-1.18.9-x86_64-linux-gnu`. */
  fullName: string;
  /** The name of its entry: everything that its installed files depend on. */
  key: string;
}

/** What the files of every installed gem depend on besides the gem itself. */
export interface InstallKeys {
  /** Distribution, architecture, Ruby and its archive, and the places of gems and Ruby, which extensions contain. */
  machine: readonly string[];
  /** The whole environment of Bundler. Only what changes a compilation counts. */
  env: Readonly<Record<string, string>>;
}

/**
 * The gems of a lockfile that come from gem servers, with their keys. A gem from git or from a directory is
 * never stored: its version does not say what it contains.
 *
 * A key covers the servers, so that a gem of the same name from another server is another gem.
 */
export function storableGems(locked: GemfileLock, keys: InstallKeys): StorableGem[] {
  return locked.specs.flatMap((gem) => {
    const name = fullName(gem);
    if (gem.source.kind !== "gem" || !isFileName(name)) return [];
    const parts = [
      ...[name, `${sha256Of(locked, gem)}`, ...gem.source.remotes],
      ...keys.machine,
      ...compilerVariables(gem.name, keys.env),
    ];
    const digest = addParts(createHash("sha256"), parts).digest("hex").slice(0, 32);
    return [{ name: gem.name, fullName: name, key: `${name}-${digest}` }];
  });
}

/** Variables that change what extensions are compiled to: those of compilers, and those named after the gem. */
function compilerVariables(gem: string, env: Readonly<Record<string, string>>): string[] {
  const own = gem.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  const build = settingVariable(`build.${gem}`);
  return Object.keys(env)
    .filter((name) => name !== "MAKEFLAGS")
    .filter((name) => forCompilers.test(name) || name === build || name.startsWith(`${own}_`))
    .sort()
    .map((name) => `${name}\0${env[name]}`);
}

// Not MAKEFLAGS: the build sets it to the number of processors.
const forCompilers =
  /^(?:CC|CXX|CPP|LD|AR|AS|RANLIB|CPATH|C_INCLUDE_PATH|CPLUS_INCLUDE_PATH|LIBRARY_PATH|PKG_CONFIG\w*|LD_RUN_PATH|BUNDLE_FORCE_RUBY_PLATFORM|RB_\w+|\w*FLAGS|CARGO_\w+|RUST\w+)$/;
