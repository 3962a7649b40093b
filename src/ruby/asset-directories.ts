import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

/** The directories that precompilation fills, relative to the app. */
export interface AssetDirectories {
  /** What browsers are served from. */
  served: readonly string[];
  /** Caches that only the next precompilation reads. */
  fragments: readonly string[];
}

/** The directories of the asset pipeline, and of the bundlers whose gems are in the lockfile. */
export function assetDirectories(locked: GemfileLock): AssetDirectories {
  const present = bundlers.filter(({ gem }) => findGem(locked, gem) !== undefined);
  return {
    served: unique(["public/assets", ...present.map(({ served }) => served)]),
    fragments: unique(["tmp/cache/assets", ...present.flatMap(({ fragments }) => fragments)]),
  };
}

/**
 * Whether a file tells a bundler that assets are up to date. Such a file does not know about changes of the
 * environment, the code or the gems, so a build must not keep it.
 */
export function isUpToDateMarker(path: string): boolean {
  return path === "public/assets/.manifest.json" || /\/last-compilation-digest-[^/]*$/.test(path);
}

/**
 * Whether a file in `public/assets` is a manifest of Sprockets (contract: Rake execution) or Propshaft: it
 * exists if assets are precompiled.
 */
export function isAssetManifest(name: string): boolean {
  return /^(\.sprockets-manifest-.*|manifest-.*|\.manifest)\.json$/.test(name);
}

const bundlers = [
  { gem: "shakapacker", served: "public/packs", fragments: ["tmp/shakapacker"] },
  { gem: "webpacker", served: "public/packs", fragments: ["tmp/cache/webpacker"] },
  { gem: "vite_ruby", served: "public/vite", fragments: ["node_modules/.vite"] },
];

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}
