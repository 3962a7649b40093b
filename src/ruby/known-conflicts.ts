import { newestBundlerFor } from "./bundler-default.ts";
import { compareGemVersions } from "./gems/gem-version.ts";
import { findGem, type GemfileLock } from "./lockfile/gemfile-lock.ts";
import type { LockedRuby } from "./versions/ruby-version.ts";

/** What decides whether the app's versions work together. */
export interface VersionsInUse {
  locked: GemfileLock;
  ruby: LockedRuby;
  bundler: string;
  /** The texts of the files that load the app, such as `config/boot.rb`. */
  boot: string;
  /** Whether its root is that of a Rails app without `app/assets/config/manifest.js`. An engine's app is elsewhere. */
  lacksManifest: boolean;
  /** Whether the web process of the Procfile starts Puma by its own command, and not by `rails server` or `rackup`. */
  startsPuma: boolean;
}

/** Combinations of versions that are known not to work: the lines of one warning for each. */
export function knownConflicts(app: VersionsInUse): string[][] {
  return rules.map((rule) => rule(app)).filter((lines) => lines !== undefined);
}

type Rule = (app: VersionsInUse) => string[] | undefined;

const rules: readonly Rule[] = [
  ({ bundler, ruby }) => {
    if (!isMri(ruby, "3.2") || !isBefore(bundler, "2.1.0")) return undefined;
    return [
      `Bundler ${bundler} does not run on Ruby ${ruby.version}: it calls \`untaint\`, which Ruby 3.2 removed.`,
      "Fix: bundle update --bundler",
    ];
  },
  ({ bundler, ruby }) => {
    const newest = newestBundlerFor(ruby.version);
    if (newest === undefined || compareGemVersions(bundler, newest) <= 0) return undefined;
    return [
      `Bundler ${bundler} needs a newer Ruby than ${ruby.version}: the last one for this Ruby is ${newest}.`,
      `Fix: bundle update --bundler=${newest}, or a newer Ruby`,
    ];
  },
  ({ locked, ruby }) => {
    const rails = findGem(locked, "activesupport")?.version;
    if (rails === undefined || !isBefore(rails, "7.1.0.a") || !isMri(ruby, "3.4")) return undefined;
    if (isBefore(rails, "6.1.0.a")) {
      return [
        `Rails ${rails} does not run on Ruby ${ruby.version}: it is for Ruby 2.`,
        'Fix: write ruby "2.7.8" into the Gemfile, then run: bundle update --ruby; or update Rails',
      ];
    }
    const missing = ["base64", "bigdecimal", "mutex_m"].filter((gem) => !findGem(locked, gem));
    if (missing.length === 0) return undefined;
    return [
      `Rails ${rails} does not start with Ruby ${ruby.version}: it loads ${missing.join(", ")}, which Ruby 3.4 no longer has unless the Gemfile names ${missing.length === 1 ? "it" : "them"}.`,
      `Fix: bundle add ${missing.join(" ")}`,
    ];
  },
  ({ locked, boot }) => {
    const rails = findGem(locked, "activesupport")?.version;
    const concurrent = findGem(locked, "concurrent-ruby")?.version;
    if (rails === undefined || concurrent === undefined) return undefined;
    if (!isBefore(rails, "7.0.9") || isBefore(concurrent, "1.3.5")) return undefined;
    if (/\brequire[ (]+["']logger["']/.test(boot)) return undefined;
    const isRails = findGem(locked, "railties") !== undefined;
    const place = isRails
      ? "at the beginning of config/boot.rb, or update Rails"
      : "before what loads ActiveSupport, or update it";
    return [
      `${isRails ? "Rails" : "ActiveSupport"} ${rails} does not start with concurrent-ruby ${concurrent}: "uninitialized constant ActiveSupport::LoggerThreadSafeLevel::Logger".`,
      `Fix: write require "logger" ${place}`,
    ];
  },
  ({ locked }) => {
    const version = findGem(locked, "mimemagic")?.version;
    if (version === undefined || !isBefore(version, "0.3.6")) return undefined;
    return [
      `mimemagic ${version} was yanked from rubygems.org: \`bundle install\` does not find it.`,
      "Fix: bundle update mimemagic",
    ];
  },
  ({ locked, lacksManifest }) => {
    const version = findGem(locked, "sprockets")?.version;
    if (version === undefined || isBefore(version, "4.0.0") || !lacksManifest) return undefined;
    const direct = locked.dependencies.some(({ name }) => name === "sprockets-rails");
    if (!direct || findGem(locked, "railties") === undefined) return undefined;
    return [
      `Sprockets ${version} stops a Rails app without app/assets/config/manifest.js.`,
      "Fix: create the file with a line such as //= link_tree ../images, or remove sprockets-rails from the Gemfile",
    ];
  },
  ({ locked, startsPuma }) => {
    const [puma, rack] = ["puma", "rack"].map((name) => findGem(locked, name)?.version);
    if (startsPuma || puma === undefined || !isBefore(puma, "6.0.0")) return undefined;
    if (rack === undefined || isBefore(rack, "3.0.0")) return undefined;
    return [
      `Puma ${puma} does not support Rack 3: \`rails server\` and \`rackup\` do not find it, and the app does not start.`,
      "Fix: bundle update puma",
    ];
  },
];

function isBefore(version: string, other: string): boolean {
  return compareGemVersions(version, other) < 0;
}

function isMri({ engine, version }: LockedRuby, atLeast: string): boolean {
  return engine === "ruby" && !isBefore(version, atLeast);
}
