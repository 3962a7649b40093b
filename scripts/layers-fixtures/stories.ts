import type { Damage } from "./damage.ts";

/** What a recorded layers directory stands for. Every version has all of them. */
export interface Story {
  about: string;
  /** The real build that it is recorded from. */
  build: RealBuild;
  /** What is changed in the recording, where no real build of this machine could leave it. */
  damage?: readonly Damage[];
}

/** A build of a sample with the checkout's own buildpack. */
export interface RealBuild {
  sample: "jruby" | "rack" | "rails";
  jruby?: boolean;
  suite?: "trixie";
  env?: Readonly<Record<string, string>>;
  /** The build is killed when the log says this. */
  killedAt?: RegExp;
}

// Every layer there is: the sample is changed to name a Bundler that its Ruby does not ship.
const rails: RealBuild = { sample: "rails", env: { BP_RAILS_ASSETS_REUSE: "true" } };

export const stories: Readonly<Record<string, Story>> = {
  rails: { about: "A Rails app with every layer that there is, built on Debian 12.", build: rails },
  jruby: { about: "A Rack app on JRuby.", build: { sample: "jruby", jruby: true } },
  killed: {
    about: "What a build left that was killed while gems compiled.",
    build: { sample: "rack", killedAt: /Installing nio4r/ },
  },
  "other-distro": {
    about: "The Rails app, built on Debian 13.",
    build: { ...rails, suite: "trixie" },
  },
  "other-architecture": {
    about: "The Rails app, as if it had been built on arm64.",
    build: rails,
    damage: [{ kind: "key", layer: "*", key: "arch", value: "arm64" }],
  },
  "older-metadata": {
    about: "The Rails app, with metadata as a version would write them that knew fewer keys.",
    build: rails,
    damage: [
      { kind: "key", layer: "ruby", key: "checksum" },
      { kind: "key", layer: "bundler", key: "bundler-version" },
      { kind: "key", layer: "gems", key: "ruby-checksum" },
      { kind: "key", layer: "jemalloc", key: "proven-with" },
      { kind: "key", layer: "bootsnap", key: "config" },
      { kind: "key", layer: "secret-key-base", key: "made-by" },
      { kind: "key", layer: "inventory", key: "checksum" },
      { kind: "key", layer: "assets", key: "app" },
      { kind: "key", layer: "assets", key: "environment" },
      { kind: "key", layer: "assets", key: "layers" },
    ],
  },
  "half-written": {
    about: "The Rails app, with layers of which a part was lost.",
    build: rails,
    damage: [
      { kind: "no contents", layer: "bundler" },
      { kind: "no contents", layer: "jemalloc" },
      { kind: "no metadata", layer: "gems" },
      { kind: "cut off", file: "assets/times.json" },
      { kind: "cut off", file: "bootsnap.toml" },
    ],
  },
};
