import { expect, test } from "vitest";
import { parseProcfile } from "../../../src/procfile.ts";
import { parseBundleConfig } from "../../../src/ruby/bundle-config.ts";
import { parseGemfileLock } from "../../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { fuzz, texts, timeout } from "../../support/fuzz/fuzz.ts";

test("Procfile", { timeout }, async () => {
  const seeds = texts("web: bundle exec puma -p $PORT\nworker: x\n# y\n", "\u{FEFF}a: b\r\nc: d\r");
  await fuzz(seeds, ["..:", "web:", "#", "\t", "\u{2028}"], (input) => {
    for (const { type } of parseProcfile(input.toString()).entries) {
      if (!/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/.test(type)) expect.fail(`the type \`${type}\``);
    }
  });
});

test(".bundle/config", { timeout }, async () => {
  const seeds = texts(
    '---\nBUNDLE_PATH: "vendor"\nBUNDLE_JOBS: "4"\nBUNDLE_WITHOUT:\n- a\n- b\n',
    "BUNDLE_BUILD__PG: --with-lib=/app/x\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: http://x\n",
  );
  await fuzz(seeds, ["BUNDLE_", "- ", "---", "BUNDLE_GEMFILE: x\n"], (input) => {
    for (const name of Object.keys(parseBundleConfig(input.toString()).applied)) {
      if (!name.startsWith("BUNDLE_")) expect.fail(`the setting \`${name}\``);
    }
  });
});

const lockfiles = texts(
  `GEM
  remote: https://rubygems.org/
  specs:
    rack (3.1.0)
    rails (8.0.1)
      rack (>= 2, < 4)
    nokogiri (1.18.0-x86_64-linux)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  rails (~> 8.0)!

CHECKSUMS
  rack (3.1.0) sha256=${"0123456789abcdef".repeat(4)}

RUBY VERSION
   ruby 3.4.4p34

BUNDLED WITH
   2.6.2
`,
  `GIT
  remote: https://example.com/x.git
  revision: 0123
  branch: main
  specs:
    x (1.0)

PATH
  remote: .
  specs:
    y (0.1)
`,
  "<<<<<<< HEAD\n",
);

test("Gemfile.lock", { timeout }, async () => {
  const tokens = [
    ...["GEM\n", "  specs:\n", "CHECKSUMS\n", "PLUGIN SOURCE\n", "    "],
    ...["!", "(", ")", ",", "sha256=", "-"],
  ];
  await fuzz(lockfiles, tokens, (input) => {
    const parsed = parseGemfileLock(input.toString());
    if (parsed.kind === "refused" && parsed.line < 1) expect.fail(`line ${parsed.line}`);
  });
});
