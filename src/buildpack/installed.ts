/** The Ruby of a build, installed in its layer. */
export interface InstalledRuby {
  /** The layer's directory. */
  dir: string;
  /** `ruby` or `jruby`. */
  engine: string;
  /** The engine's own version: `3.3.8`, or `9.4.15.0` for JRuby. */
  version: string;
  /** As users and layers name it: `3.3.8`, `jruby 9.4.15.0`. */
  label: string;
  /** SHA-256 of its archive, or a sentence that says there is none. */
  checksum: string;
  /** Whether it was restored from an earlier build. */
  kept: boolean;
}

/** Where the parts of a bundle are, both at build time and when the app runs. */
export interface Places {
  /** The directory of the project. */
  app: string;
  /** Relative to `app`. */
  gemfile: string;
  /** Directory of the layer `gems`. */
  gems: string;
  /** Directory of the layer `bundler`; absent if Ruby ships the Bundler that is used. */
  bundler: string | undefined;
  /** Directory of the layer `ruby`. */
  ruby: string;
}

/** What the build has installed. */
export interface Installed {
  ruby: InstalledRuby;
  places: Places;
  /** Which groups of gems were installed: BUNDLE_WITHOUT, BUNDLE_WITH and BUNDLE_ONLY. */
  bundleGroups: Readonly<Record<string, string>>;
  /** Digests of the files that the gems were installed from. */
  bundleDigests: { gemfile: string; lockfile: string };
  keyedDigest: KeyedDigest;
}

/**
 * An HMAC-SHA256 of these parts, in their order, in hex. Its key is the same in every build of an app that
 * keeps its cache, and is only in the content of that cache: from a digest in the label of an image nobody
 * can find out a value by trying.
 */
export type KeyedDigest = (parts: readonly string[]) => string;
