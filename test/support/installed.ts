import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Installed, InstalledRuby } from "../../src/buildpack/installed.ts";

/** Ruby 3.3.8 in a directory. */
export function makeRuby(dir: string, rest: Partial<InstalledRuby> = {}): InstalledRuby {
  const checksum = "a".repeat(64);
  return { dir, engine: "ruby", version: "3.3.8", label: "3.3.8", checksum, kept: false, ...rest };
}

/** What a build has installed into a directory of layers: Ruby 3.3.8 and gems, unless stated. */
export function makeInstalled(
  layersDir: string,
  app = "/workspace",
  rest: Partial<Installed> = {},
): Installed {
  const ruby = makeRuby(join(layersDir, "ruby"));
  const gems = join(layersDir, "gems");
  return {
    ruby,
    places: { app, gemfile: "Gemfile", gems, bundler: undefined, ruby: ruby.dir },
    bundleGroups: { BUNDLE_WITHOUT: "development:test" },
    keyedDigest: (parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex"),
    bundleDigests: { gemfile: "1".repeat(32), lockfile: "2".repeat(32) },
    ...rest,
  };
}
