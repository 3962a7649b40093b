/** A Ruby that an app asks for. */
export interface LockedRuby {
  /** `ruby` for the reference implementation, else `jruby`, `truffleruby` … */
  engine: string;
  /** The version of the language, prereleases with a dot: `3.3.8`, `3.5.0.preview1`. */
  version: string;
  /** The engine's own version, where the engine is not `ruby`. */
  engineVersion?: string;
  /** `144` in `ruby 3.3.8p144`; versions before 2.1 need it to be exact. */
  patchLevel?: string;
}

/**
 * Reads what a lockfile says under `RUBY VERSION`, as Bundler::RubyVersion.from_string does;
 * `undefined` where that names no Ruby. Beyond Bundler it takes `3.3` for a version, and
 * a prerelease for what it is where its patch level (`p-1`) or upstream's dash would hide it.
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
  /ruby\s([0-9]+(?:\.[0-9]+)*(?:[.-][a-z]+[0-9]*)?)(?:p(-?[0-9]+))?(?:\s\(([^\s()]+)\s([^()]+)\))?/;
