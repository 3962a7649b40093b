import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemBundles } from "../../../../src/artifacts/certificates.ts";
import { readOwnInventory } from "../../../../src/artifacts/inventory.ts";
import { findRuby } from "../../../../src/buildpack/interpreter/find-ruby.ts";
import type { LockedRuby } from "../../../../src/ruby/versions/ruby-version.ts";
import { runCommand } from "../../../../src/system/command.ts";
import { createFetcher } from "../../../../src/system/http/fetcher.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { tarballGz } from "../../../support/packages/tarball.ts";
import { makeTree } from "../../../support/tree.ts";

const branches = `
[[branches]]
branch = "3.4"
status = "normal maintenance"
first-release = "2024-12-25"

[[branches]]
branch = "3.3"
status = "security maintenance"
first-release = "2023-12-25"
eol = "2027-03-31"

[[branches]]
branch = "3.1"
status = "eol"
first-release = "2021-12-25"
eol = "2025-03-26"
`;

const rubies = ["3.1.2", "3.1.7", "3.3.8", "3.3.9", "3.3.10", "3.4.0.preview1", "3.4.1"];

describe("a whole version", () => {
  test("is used unchanged, and identified by its checksum", async () => {
    const { found, lines } = await find({ engine: "ruby", version: "3.3.10" });
    expect(found).toMatchObject({
      ruby: { engine: "ruby", version: "3.3.10" },
      checksum: checksumOf("3.3.10"),
    });
    expect(lines).toEqual([]);
  });

  test("without a checksum is identified by its URL", async () => {
    const jruby = { engine: "jruby", version: "3.1.7", engineVersion: "9.4.14.0" };
    const { found } = await find(jruby);
    expect(found.checksum).toBe("none published for https://upstream.example.com/jruby-9.4.14.0");
  });

  test("that does not exist fails with the nearest existing versions", async () => {
    expect(await failureOf(find({ engine: "ruby", version: "3.3.99" }))).toEqual({
      code: "artifact/version-unknown",
      name: "ruby",
      version: "3.3.99",
      source: ".ruby-version",
      nearest: ["3.4.1", "3.3.10", "3.3.9", "3.3.8", "3.1.7"],
    });
  });
});

describe("a branch", () => {
  test("is its newest release, compared as numbers, and the log names it", async () => {
    const { found, lines } = await find({ engine: "ruby", version: "3.3" });
    expect(found).toMatchObject({ ruby: { version: "3.3.10" }, checksum: checksumOf("3.3.10") });
    expect(lines).toEqual(["`3.3.10` is the newest release of 3.3"]);
  });

  test("is never a prerelease", async () => {
    const { found } = await find({ engine: "ruby", version: "3.4" });
    expect(found.ruby.version).toBe("3.4.1");
  });

  test("of a whole series is the newest release of all branches", async () => {
    expect((await find({ engine: "ruby", version: "3" })).found.ruby.version).toBe("3.4.1");
  });

  test("of JRuby keeps the version of the language", async () => {
    const { found } = await find({ engine: "jruby", version: "3.1", engineVersion: "9.4" });
    expect(found.ruby).toEqual({ engine: "jruby", version: "3.1", engineVersion: "9.4.15.0" });
  });

  test("that does not exist fails with the nearest existing versions", async () => {
    expect(await failureOf(find({ engine: "ruby", version: "3.9" }))).toMatchObject({
      code: "artifact/version-unknown",
      version: "3.9",
    });
  });
});

describe("a Ruby that is out of date", () => {
  test("past its end of life gets a warning with the maintained branches", async () => {
    const { lines } = await find({ engine: "ruby", version: "3.1.7" });
    expect(lines).toEqual([
      "! Ruby 3.1 reached its end of life on 2025-03-26: it gets no more security fixes.",
      "! Maintained branches: 3.3, 3.4.",
    ]);
  });

  test("gets a warning with the newest release of its branch", async () => {
    const { lines } = await find({ engine: "ruby", version: "3.3.8" });
    expect(lines).toEqual([
      "! Ruby 3.3.10 is a newer release of the same branch, with fixes that 3.3.8 lacks.",
    ]);
  });

  test("is judged by the day of the build", async () => {
    const { lines } = await find({ engine: "ruby", version: "3.3.10" }, "2027-03-31");
    expect(lines[0]).toMatch(/^! Ruby 3\.3 reached its end of life on 2027-03-31/);
  });

  test("is not checked for JRuby", async () => {
    const { lines } = await find({ engine: "jruby", version: "3.1", engineVersion: "9.4.14.0" });
    expect(lines).toEqual([]);
  });
});

describe("a Ruby of the last build", () => {
  const problem = "the Ruby of the last build does not start";

  test.each([
    ["starts", "#!/bin/sh\nprintf 'ruby 3.3.10 (2026-01-01)'\n", undefined],
    ["is another version", "#!/bin/sh\nprintf 'ruby 3.3.9 (2025-12-01)'\n", problem],
    ["is damaged", "", problem],
  ])("that %s is checked", async (_, script, reason) => {
    const { found } = await find({ engine: "ruby", version: "3.3.10" });
    const directory = await makeTree({ "bin/ruby": script });
    await chmod(join(directory, "bin/ruby"), 0o755);
    expect(await found.check(directory)).toBe(reason);
  });

  test("is not started if it is JRuby", async () => {
    const { found } = await find({ engine: "jruby", version: "3.1.7", engineVersion: "9.4.14.0" });
    expect(await found.check("/nowhere")).toBeUndefined();
  });
});

describe("a portable Ruby", () => {
  const ruby = { engine: "ruby", version: "3.3.10" };
  const fedora = { os: "linux", arch: "amd64", distro: { name: "fedora", version: "41" } };
  const archive = tarballGz([
    {
      path: "rv-ruby@3.3.10/3.3.10/bin/ruby",
      // It finds out where it is when it starts.
      body: '#!/bin/sh\ncat "${0%/bin/ruby}/lib/description"\n',
      mode: 0o755,
    },
    { path: "rv-ruby@3.3.10/3.3.10/lib/description", body: "ruby 3.3.10 (2026-01-01)" },
    { path: "rv-ruby@3.3.10/3.3.10/lib/libruby-static.a", body: "!<arch>" },
    { path: "rv-ruby@3.3.10/3.3.10/libexec/cert.pem", body: "certificates of Ruby" },
  ]);

  async function findFor(glibc: string | undefined, section = recordSection()) {
    const buildpackDir = await makeTree({
      "inventory/ruby.toml": rubyEntry("3.3.10"),
      "inventory/ruby-portable.toml": portableEntry("3.3.10", sha256(archive)),
      "inventory/ruby-branches.toml": branches,
      "upstream/ruby-3.3.10.x86_64_linux.tar.gz": "",
    });
    await writeFile(join(buildpackDir, "upstream/ruby-3.3.10.x86_64_linux.tar.gz"), archive);
    const fetcher = createFetcher({ env: {} });
    onTestFinished(() => fetcher.close());
    const target = { ...fedora, ...(glibc === undefined ? {} : { glibc }) };
    const context = makeBuildContext({
      input: { buildpackDir, target },
      env: { PATH: "/usr/bin:/bin" },
      run: runCommand,
    });
    const inventory = await readOwnInventory(buildpackDir);
    const request = { ruby, source: "Gemfile.lock", disagreeing: [] };
    return await findRuby({ ...context, fetcher }, request, inventory, section);
  }

  test("is installed whole, starts in its place, and the log says what it contains", async () => {
    const section = recordSection();
    const found = await findFor("2.39", section);
    const directory = join(await makeTree(), "ruby");
    await found.install(directory, section);
    expect(found.kind).toBe("portable");
    expect(section.lines[0]).toBe(
      "`3.3.10` is portable: it contains its own OpenSSL, which a rebase does not update (see BP_RUBY_PORTABLE)",
    );
    expect(section.lines).toContain(`SHA-256 \`${sha256(archive)}\`, as in the inventory`);
    expect(section.lines.at(-1)).toBe("Installed `3.3.10`");
    const certificates = join(directory, "libexec/cert.pem");
    const system = systemBundles.find((path) => existsSync(path));
    if (system === undefined) expect(await readFile(certificates, "utf8")).toMatch(/of Ruby/);
    else expect(await readlink(certificates)).toBe(system);
    expect((await readdir(join(directory, "lib"))).sort()).toEqual([
      ...["description", "libruby-static.a"],
    ]);
    expect(await found.check(directory)).toBeUndefined();
  });

  test("has another checksum than the compiled one, so that gems are compiled again", async () => {
    expect((await findFor("2.39")).checksum).toBe(sha256(archive));
    expect((await findFor("2.36")).checksum).toBe(checksumOf("3.3.10"));
  });

  test.for([
    ["2.36", "glibc 2.36"],
    [undefined, "no glibc"],
  ])("that needs a newer C library than %s is not used, and the log says why", async (row) => {
    const [glibc, own] = row;
    const section = recordSection();
    expect((await findFor(glibc, section)).kind).toBe("source");
    expect(section.lines).toEqual([
      `The portable Ruby 3.3.10 needs glibc 2.39; this build image has ${own}`,
    ]);
  });
});

describe("a JRuby that is installed", () => {
  const asked = { engine: "jruby", version: "3.1.7", engineVersion: "9.4.15.0" };
  const installed = "Installed `jruby 9.4.15.0` (compatible with Ruby `3.1.7`)";

  test("prints which Ruby it is compatible with, and can be started as `ruby`", async () => {
    const { directory, lines } = await install(asked, "Gemfile.lock");
    expect(lines.at(-1)).toBe(installed);
    expect(await readlink(join(directory, "bin/ruby"))).toBe("jruby");
  });

  test("that is compatible with another Ruby than the lockfile says gets a warning", async () => {
    const { lines } = await install({ ...asked, version: "3.1.4" }, "Gemfile.lock");
    expect(lines.slice(-2)).toEqual([
      "! Gemfile.lock says that jruby 9.4.15.0 is compatible with Ruby 3.1.4, but it is compatible with 3.1.7.",
      '! Fix: write ruby "3.1.7" and engine_version: "9.4.15.0" into the Gemfile, then run: bundle update --ruby',
    ]);
  });

  test.each(["3.1", "9.4.15.0"])(
    "that was requested without a version of the language gets no warning",
    async (version) => {
      const { lines } = await install({ ...asked, version }, ".ruby-version");
      expect(lines.at(-1)).toBe(installed);
    },
  );

  async function install(ruby: LockedRuby, source: string) {
    const archive = tarballGz([
      {
        path: "bin/jruby",
        body: "#!/bin/sh\necho 'jruby 9.4.15.0 (3.1.7) 2026-06-08'\n",
        mode: 0o755,
      },
    ]);
    const directory = join(await makeTree(), "ruby");
    const buildpackDir = await makeTree({
      "inventory/jruby.toml": `${jrubyEntry("9.4.15.0")}sha256 = "${sha256(archive)}"\n`,
      "jruby-9.4.15.0": "",
    });
    await writeFile(join(buildpackDir, "jruby-9.4.15.0"), archive);
    const fetcher = createFetcher({ env: {} });
    onTestFinished(() => fetcher.close());
    const context = makeBuildContext({
      input: { buildpackDir },
      userEnv: { BP_DEPENDENCY_MIRROR: pathToFileURL(buildpackDir).href },
      env: { PATH: "/usr/bin:/bin" },
      run: runCommand,
    });
    const section = recordSection();
    const inventory = await readOwnInventory(buildpackDir);
    const found = await findRuby(
      { ...context, fetcher },
      { ruby, source, disagreeing: [] },
      inventory,
      section,
    );
    await found.install(directory, section);
    return { directory, lines: section.lines };
  }
});

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function find(ruby: LockedRuby, today = "2026-08-06") {
  const buildpackDir = await makeTree({
    "inventory/ruby.toml": rubies.map(rubyEntry).join("\n"),
    "inventory/jruby.toml": ["9.4.14.0", "9.4.15.0"].map(jrubyEntry).join("\n"),
    "inventory/ruby-branches.toml": branches,
  });
  const section = recordSection();
  const context = makeBuildContext({ input: { buildpackDir }, today, run: runCommand });
  const request = { ruby, source: ".ruby-version", disagreeing: [] };
  const inventory = await readOwnInventory(buildpackDir);
  return { found: await findRuby(context, request, inventory, section), lines: section.lines };
}

function checksumOf(version: string): string {
  return Buffer.from(version).toString("hex").padEnd(64, "0");
}

function rubyEntry(version: string): string {
  return `[[artifacts]]
name = "ruby"
version = "${version}"
kind = "source"
url = "https://upstream.example.com/ruby-${version}"
sha256 = "${checksumOf(version)}"
`;
}

function portableEntry(version: string, checksum: string): string {
  return `[[artifacts]]
name = "ruby"
version = "${version}"
kind = "portable"
url = "../upstream/ruby-${version}.x86_64_linux.tar.gz"
sha256 = "${checksum}"
arch = "amd64"
min-glibc = "2.39"
strip-components = 2
`;
}

function jrubyEntry(version: string): string {
  return `[[artifacts]]
name = "jruby"
version = "${version}"
kind = "prebuilt"
url = "https://upstream.example.com/jruby-${version}"
`;
}
