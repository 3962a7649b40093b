import { describe, expect, test } from "vitest";
import { knownConflicts } from "../../../src/ruby/known-conflicts.ts";
import { lockedWith } from "../../support/builds/locked.ts";

interface App {
  gems?: Record<string, string>;
  ruby?: string;
  bundler?: string;
  boot?: string;
  direct?: string[];
  lacksManifest?: boolean;
  startsPuma?: boolean;
}

function conflictsOf(app: App): string {
  const { gems = {}, ruby = "3.3.8", bundler = "2.5.22", boot = "", direct = [] } = app;
  const names = direct.map((name) => ({ name, requirements: [">= 0"], pinned: false }));
  return knownConflicts({
    locked: { ...lockedWith(gems), dependencies: names },
    ruby: { engine: "ruby", version: ruby },
    bundler,
    boot,
    lacksManifest: app.lacksManifest ?? true,
    startsPuma: app.startsPuma ?? false,
  })
    .flat()
    .join("\n");
}

const concurrent = { activesupport: "7.0.8", "concurrent-ruby": "1.3.5" };
const sprockets = { sprockets: "4.2.1", railties: "8.1.4", "sprockets-rails": "3.5.2" };
const direct = ["sprockets-rails"];

describe("versions that are known not to work together", () => {
  test.for<[string, App]>([
    ["untaint", { ruby: "3.2.0", bundler: "2.0.2" }],
    ["the last one for this Ruby is 2.6.9", { ruby: "3.1.7", bundler: "2.7.0" }],
    ["base64, bigdecimal, mutex_m", { ruby: "3.4.1", gems: { activesupport: "7.0.8" } }],
    [
      "bundle add mutex_m",
      {
        ruby: "3.4.1",
        gems: { activesupport: "6.1.7", base64: "0.2.0", bigdecimal: "3.1.8" },
      },
    ],
    ["it is for Ruby 2.", { ruby: "3.4.1", gems: { activesupport: "5.2.8" } }],
    ["LoggerThreadSafeLevel", { gems: concurrent }],
    ["config/boot.rb", { gems: { ...concurrent, railties: "7.0.8" } }],
    ["before what loads ActiveSupport", { gems: concurrent }],
    ["mimemagic 0.3.5 was yanked", { gems: { mimemagic: "0.3.5" } }],
    ["app/assets/config/manifest.js", { gems: sprockets, direct }],
    ["Puma 5.5.2 does not support Rack 3", { gems: { puma: "5.5.2", rack: "3.2.5" } }],
  ])("%s", ([text, app]) => {
    expect(conflictsOf(app)).toContain(text);
  });

  test.for<[string, App]>([
    ["nothing special", {}],
    ["an old Bundler on a Ruby that still has untaint", { ruby: "3.1.7", bundler: "2.0.2" }],
    ["the newest Bundler for an old Ruby", { ruby: "3.1.7", bundler: "2.6.9" }],
    ["any Bundler on a new Ruby", { ruby: "3.4.1", bundler: "4.0.9" }],
    ["Rails that names its gems", { ruby: "3.4.1", gems: { activesupport: "7.1.0" } }],
    ["an older Ruby, which has them", { ruby: "3.3.8", gems: { activesupport: "7.0.8" } }],
    ["an app that requires logger", { gems: concurrent, boot: "require 'logger'\n" }],
    ["a later Rails", { gems: { activesupport: "7.1.0", "concurrent-ruby": "1.3.5" } }],
    ["an earlier concurrent-ruby", { gems: { ...concurrent, "concurrent-ruby": "1.3.4" } }],
    ["Puma that is started itself", { gems: { puma: "5.5.2", rack: "3.2.5" }, startsPuma: true }],
    ["Puma 6 with Rack 3", { gems: { puma: "6.0.0", rack: "3.2.5" } }],
    ["Puma 5 with Rack 2", { gems: { puma: "5.5.2", rack: "2.2.9" } }],
    ["a later mimemagic", { gems: { mimemagic: "0.3.6" } }],
    ["a manifest", { gems: sprockets, direct, lacksManifest: false }],
    ["Sprockets 3", { gems: { ...sprockets, sprockets: "3.7.2" }, direct }],
    ["Sprockets that only another gem brings", { gems: sprockets }],
  ])("do not include %s", ([, app]) => {
    expect(conflictsOf(app)).toBe("");
  });
});
