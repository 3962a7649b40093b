import { expect, test } from "vitest";
import {
  assetDirectories,
  isAssetManifest,
  isUpToDateMarker,
} from "../../../src/ruby/asset-directories.ts";
import { lockedWith } from "../../support/builds/locked.ts";

test("every app has those of the asset pipeline", () => {
  expect(assetDirectories(lockedWith({ railties: "8.1.4" }))).toEqual({
    served: ["public/assets"],
    fragments: ["tmp/cache/assets"],
  });
});

test("shakapacker and vite add theirs if their gems are locked", () => {
  const locked = lockedWith({ shakapacker: "8.0.0", vite_rails: "3.0.17", vite_ruby: "3.9.0" });
  expect(assetDirectories(locked)).toEqual({
    served: ["public/assets", "public/packs", "public/vite"],
    fragments: ["tmp/cache/assets", "tmp/shakapacker", "node_modules/.vite"],
  });
});

test.each([
  ["public/assets/.manifest.json", true],
  ["tmp/shakapacker/last-compilation-digest-production", true],
  ["public/assets/.sprockets-manifest-0a1b.json", false],
  ["tmp/cache/assets/sprockets/v4.0.0/aB/aB.cache", false],
])("a file that tells a bundler that assets are up to date: %s", (path, verdict) => {
  expect(isUpToDateMarker(path)).toBe(verdict);
});

test.each([
  [".sprockets-manifest-9f86d081884c7d65.json", true],
  ["manifest-9f86d081884c7d65.json", true],
  [".manifest.json", true],
  ["manifest.json", false],
  ["site-manifest-1.json", false],
  ["manifest-1.json.gz", false],
])("a manifest of precompiled assets is recognized by its name: %s", (name, manifest) => {
  expect(isAssetManifest(name)).toBe(manifest);
});
