import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

/** A gem whose rake tasks bundle JavaScript or CSS by means of Node. */
export interface AssetBundler {
  gem: string;
  /** What one sets in the build's environment to precompile without it: `SKIP_JS_BUILD=1`. */
  skippedBy: string;
}

/** The gems that will bundle when assets are precompiled, as far as the environment lets them. */
export function assetBundlers(
  locked: GemfileLock,
  env: Readonly<Record<string, string | undefined>>,
): AssetBundler[] {
  return bundlers
    .filter(({ gem, skips, variable }) => findGem(locked, gem) && !skips(env[variable]))
    .map(({ gem, variable, value }) => ({ gem, skippedBy: `${variable}=${value}` }));
}

/**
 * The gems that run JavaScript through ExecJS, which ends an app at its start where it finds no
 * runtime; none where the lockfile has a runtime of its own.
 */
export function gemsOnExecJs(locked: GemfileLock): string[] {
  if (findGem(locked, "execjs") === undefined) return [];
  if (runtimes.some((gem) => findGem(locked, gem) !== undefined)) return [];
  const users = locked.specs.filter(({ dependencies }) =>
    dependencies.some(({ name }) => name === "execjs"),
  );
  const names = users.map(({ name }) => name);
  return names.length > 0 ? [...new Set(names)].sort() : ["execjs"];
}

/** Gems that are a runtime of ExecJS. */
const runtimes = ["mini_racer", "duktape", "therubyrhino"];

const isSet = (value: string | undefined) => value !== undefined;
const isNo = (value: string | undefined) => /^(no|false|n|f)$/.test(value ?? "");

// As the rake tasks of each gem read it.
const bundlers = [
  { gem: "jsbundling-rails", variable: "SKIP_JS_BUILD", value: "1", skips: isSet },
  { gem: "cssbundling-rails", variable: "SKIP_CSS_BUILD", value: "1", skips: isSet },
  {
    gem: "vite_ruby",
    variable: "VITE_RUBY_SKIP_ASSETS_PRECOMPILE_EXTENSION",
    value: "true",
    skips: (value: string | undefined) => value === "true",
  },
  { gem: "shakapacker", variable: "SHAKAPACKER_PRECOMPILE", value: "false", skips: isNo },
  { gem: "webpacker", variable: "WEBPACKER_PRECOMPILE", value: "false", skips: isNo },
];
