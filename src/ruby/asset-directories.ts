import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

/** The directories that precompilation fills, relative to the app. */
export interface AssetDirectories {
  /** What browsers ask for. */
  served: readonly string[];
  /** What only the next precompilation reads. */
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
 * Whether a file only says that an earlier precompilation need not be repeated. It does not know
 * of the environment, or of the code and gems that have changed since, so a build must not believe it.
 */
export function isVerdict(path: string): boolean {
  return path === "public/assets/.manifest.json" || /\/last-compilation-digest-[^/]*$/.test(path);
}

/**
 * Whether a file in `public/assets` says that the assets there are precompiled: a manifest of
 * Sprockets (contract: Rake execution) or of Propshaft.
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
