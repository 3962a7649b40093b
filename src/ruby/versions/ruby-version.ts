/** A Ruby that an app needs. */
export interface LockedRuby {
  /** `ruby` for MRI, else `jruby`, `truffleruby` … */
  engine: string;
  /** The version of the language: `3.3.8`, `3.5.0.preview1`. */
  version: string;
  /** The engine's own version, if the engine is not `ruby`. */
  engineVersion?: string;
  /** `144` in `ruby 3.3.8p144`. Part of the version before Ruby 2.1. */
  patchLevel?: string;
}

/**
 * Reads the line under `RUBY VERSION` of a lockfile, as Bundler::RubyVersion.from_string does. `undefined` if
 * it names no Ruby, as in `jruby 9.4.15.0`, which Bundler takes for Ruby 9.4.15. In addition to Bundler, it
 * accepts `3.3` as a version, and prereleases with a patch level (`p-1`) or a dash.
 *
 * @example parseRubyVersion("ruby 3.1.4p223 (jruby 9.4.5.0)")
 */
export function parseRubyVersion(line: string): LockedRuby | undefined {
  const match = pattern.exec(line);
  if (!match?.[1]) return undefined;
  const version = match[1].replace("-", ".");
  const [, , patchLevel, engine, engineVersion] = match;
  return {
    engine: engine ?? "ruby",
    version,
    ...(engine !== undefined &&
      engine !== "ruby" &&
      engineVersion !== undefined && { engineVersion }),
    ...(patchLevel !== undefined && patchLevel !== "-1" && { patchLevel }),
  };
}

const pattern =
  /^\s*ruby\s([0-9]+(?:\.[0-9]+)*(?:[.-][a-z]+[0-9]*)?)(?:p(-?[0-9]+))?(?:\s\(([^\s()]+)\s([^()]+)\))?/;
