import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { examine, linesOf, lockfile, makeRoot } from "../../../support/builds/examine.ts";
import { portableInventory } from "../../../support/packages/ruby-artifacts.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const rails = ["rake (13.3.0)", "railties (8.1.4)", "puma (7.1.0)"];

const checkout = resolve(import.meta.dirname, "../../../..");

/** The buildpack with a portable Ruby for glibc 2.39 in its inventory. */
async function withPortable(version: string): Promise<string> {
  const directory = await makeTree();
  for (const name of ["buildpack.toml", "inventory"]) {
    await cp(join(checkout, name), join(directory, name), { recursive: true });
  }
  await addToTree(directory, { "inventory/ruby-portable.toml": portableInventory(version) });
  return directory;
}

/** An app with these gems and files. */
async function app(
  gems: readonly string[],
  files: Readonly<Record<string, string>> = {},
  options: Parameters<typeof lockfile>[1] = {},
): Promise<string> {
  return await makeTree({ Gemfile: "", "Gemfile.lock": lockfile(gems, options), ...files });
}

describe("an app without faults", () => {
  test("has no errors and no conditions, and the facts of its build", async () => {
    const dir = await app(rails, { Rakefile: "", "config.ru": "", Procfile: "job: rake work\n" });
    const diagnosis = await examine(dir, { root: await makeRoot() });
    expect(diagnosis).toMatchObject({
      app: "shop",
      fails: false,
      detection: { pass: true, requires: [] },
      ruby: { engine: "ruby", version: "3.4.10", source: "Gemfile.lock", archive: "source" },
      bundler: { version: "2.7.2", source: "Gemfile.lock" },
      platforms: ["x86_64-linux"],
      precompilesAssets: true,
      libraries: [],
      packagesToCompile: [],
      settings: [],
      errors: [],
      conditions: [],
    });
    expect(diagnosis.processes?.map((one) => [one.type, one.default])).toEqual([
      ["job", false],
      ["web", true],
      ["console", false],
      ["rake", false],
    ]);
  });

  test("is told about a prebuilt Ruby for its distribution", async () => {
    const target = {
      os: "linux",
      arch: "amd64",
      distro: { name: "ubuntu", version: "24.04" },
    } as const;
    const { ruby } = await examine(await app(rails), { target });
    expect(ruby?.archive).toBe("prebuilt");
  });
});

describe("a portable Ruby", () => {
  const fedora = { os: "linux", arch: "amd64", distro: { name: "fedora", version: "41" } };
  const examineFor = async (glibc: string, env: Record<string, string> = {}) =>
    await examine(await app(rails), {
      target: { ...fedora, glibc },
      env,
      buildpackDir: await withPortable("3.4.10"),
    });

  test("is named as such, with what a rebase does not update", async () => {
    const diagnosis = await examineFor("2.40");
    expect(diagnosis.ruby?.archive).toBe("portable");
    expect(linesOf(diagnosis)).toEqual(
      expect.arrayContaining([
        "`3.4.10` is installed from a portable archive",
        expect.stringContaining("its own OpenSSL, which a rebase does not update"),
      ]),
    );
  });

  test("is not used with an older C library, and the reason is printed", async () => {
    const diagnosis = await examineFor("2.38");
    expect(diagnosis.ruby?.archive).toBe("source");
    expect(linesOf(diagnosis)).toContain(
      "The portable Ruby 3.4.10 needs glibc 2.39; this build image has glibc 2.38",
    );
  });

  test("is not used if it is refused", async () => {
    const diagnosis = await examineFor("2.40", { BP_RUBY_PORTABLE: "false" });
    expect(diagnosis.ruby?.archive).toBe("source");
    expect(linesOf(diagnosis).join("\n")).not.toMatch(/portable/);
  });
});

describe("what certainly fails a build", () => {
  test.for<[code: string, files: Record<string, string>, env: Record<string, string>]>([
    ["platform/no-group-detected", { "README.md": "" }, {}],
    ["app/lockfile-missing", { Gemfile: "" }, {}],
    ["app/gemfile-unreadable", { "Gemfile.lock": lockfile([]) }, {}],
    ["app/lockfile-merge-conflict", { Gemfile: "", "Gemfile.lock": "<<<<<<< HEAD\n" }, {}],
    [
      "app/ruby-unsupported",
      {
        Gemfile: "",
        "Gemfile.lock": lockfile([], { ruby: "ruby 3.3.7 (truffleruby 24.2.1)" }),
      },
      {},
    ],
    [
      "app/platform-missing",
      { Gemfile: "", "Gemfile.lock": lockfile([], { platforms: ["arm64-darwin"] }) },
      {},
    ],
    [
      "app/binstub-misleading",
      { Gemfile: "", "Gemfile.lock": lockfile([]), "bin/rake": "#!/opt/ruby/bin/ruby\n" },
      {},
    ],
    [
      "artifact/version-unknown",
      { Gemfile: "", "Gemfile.lock": lockfile([], { ruby: "ruby 3.4.99" }) },
      {},
    ],
    [
      "app/version-conflict",
      { Gemfile: "", "Gemfile.lock": lockfile([]) },
      { BP_RUBY_VERSION: "3.3.8" },
    ],
    [
      "app/checksums-missing",
      { Gemfile: "", "Gemfile.lock": lockfile(["rack (3.2.0)"]) },
      { BP_REQUIRE_CHECKSUMS: "true" },
    ],
    [
      "jemalloc/version-unknown",
      { Gemfile: "", "Gemfile.lock": lockfile([]) },
      { JEMALLOC_VERSION: "1.0" },
    ],
    [
      "artifact/mirror-invalid",
      { Gemfile: "", "Gemfile.lock": lockfile([]) },
      { BP_DEPENDENCY_MIRROR: "mirror" },
    ],
    [
      "artifact/inventory-invalid",
      { Gemfile: "", "Gemfile.lock": lockfile([]) },
      { BP_INVENTORY: "https://example.com/inventory.toml" },
    ],
    ["settings/invalid", { Gemfile: "", "Gemfile.lock": lockfile([]) }, { BP_JEMALLOC: "maybe" }],
  ])("is an error: %s", async ([code, files, env]) => {
    const diagnosis = await examine(await makeTree(files), { env });
    expect(diagnosis.errors.map((error) => error.code)).toEqual([code]);
    expect(diagnosis.fails).toBe(true);
    expect(diagnosis.errors[0]?.lines.at(-1)).toContain(`(${code})`);
  });

  test("is listed completely: every invalid setting, and what the files say besides", async () => {
    const dir = await app([], {}, { platforms: ["arm64-darwin"], ruby: "ruby 3.4.99" });
    const env = { BP_JEMALLOC: "maybe", BP_NODE_MODULES: "all" };
    const { errors } = await examine(dir, { env });
    expect(errors.map(({ code }) => code).sort()).toEqual([
      "app/platform-missing",
      "artifact/version-unknown",
      "settings/invalid",
      "settings/invalid",
    ]);
  });

  test("does not include what an exclude of project.toml leaves out", async () => {
    const dir = await app([], { "bin/rake": "#!/opt/ruby/bin/ruby\n" });
    const hides = (path: string) => path === "bin";
    expect((await examine(dir, { hides })).errors).toEqual([]);
    const hidden = await examine(dir, { hides: (path) => path === "Gemfile.lock" });
    expect(hidden.errors).toMatchObject([{ code: "app/lockfile-missing" }]);
  });

  test("JRuby without gems for Java is an error, whatever Java the build has", async () => {
    const ruby = "ruby 3.1.4 (jruby 9.4.15.0)";
    const linux = await examine(await app([], {}, { ruby }));
    expect(linux.errors).toMatchObject([{ code: "app/platform-missing" }]);
    for (const platform of ["java", "universal-java-17"]) {
      const java = await examine(await app([], {}, { ruby, platforms: [platform] }));
      expect(java.errors).toEqual([]);
    }
  });
});

describe("what depends on the build is a condition, not an error", () => {
  test("Node for gems that bundle assets", async () => {
    const files = { Rakefile: "", "package.json": "{}" };
    const dir = await app([...rails, "jsbundling-rails (1.3.1)"], files);
    const without = await examine(dir);
    expect(without.errors).toEqual([]);
    expect(without.conditions).toMatchObject([{ code: "node/missing", topic: "JavaScript" }]);
    expect(without.detection.requires).toContainEqual(["heroku/nodejs"]);
    const root = await makeRoot({}, ["node", "npm"]);
    const found = await examine(dir, { root });
    expect(found).toMatchObject({ conditions: [], node: `${root}/usr/bin/node` });
  });

  test("Yarn for jsbundling-rails", async () => {
    const files = { Rakefile: "", "package.json": "{}", "yarn.lock": "" };
    const dir = await app([...rails, "jsbundling-rails (1.3.1)"], files);
    const { conditions } = await examine(dir, { root: await makeRoot({}, ["node"]) });
    expect(conditions).toMatchObject([{ code: "node/package-manager-missing" }]);
  });

  test("a JavaScript runtime for ExecJS", async () => {
    const dir = await app([...rails, "execjs (2.10.0)"]);
    const { conditions, warnings } = await examine(dir);
    expect(conditions.flatMap(({ lines }) => lines).join("\n")).toContain("ExecJS");
    expect(warnings.filter(({ topic }) => topic === "JavaScript")).toEqual([]);
  });

  test("Java for JRuby, whose version is read and not asked for", async () => {
    const ruby = "ruby 3.4.5 (jruby 10.0.2.0)";
    const dir = await app([], {}, { ruby, platforms: ["java"] });
    const codes = async (root: string) =>
      (await examine(dir, { root })).conditions.map(({ code }) => code);
    expect(await codes(await makeRoot())).toContain("java/missing");
    const old = { "usr/release": 'JAVA_VERSION="17.0.15"\n' };
    expect(await codes(await makeRoot(old, ["java"]))).toContain("java/too-old");
    const recent = { "usr/release": 'JAVA_VERSION="21.0.7"\n' };
    expect(await codes(await makeRoot(recent, ["java"]))).toEqual([]);
  });

  test("OpenSSL 1.1 for a Ruby before 3.1 that has to be compiled", async () => {
    const conditionsOf = async (version: string, files: Record<string, string>) => {
      const dir = await app([], {}, { ruby: `ruby ${version}` });
      return (await examine(dir, { root: await makeRoot(files) })).conditions;
    };
    const [three, one] = ["usr/lib/x86_64-linux-gnu/libssl.so.3", "usr/lib/libssl.so.1.1"];
    const [needed] = await conditionsOf("3.0.7", { [three]: "" });
    expect(needed?.lines[0]).toContain("Ruby 3.0.7 has to be compiled, which needs OpenSSL 1.1");
    expect(await conditionsOf("3.0.7", { [three]: "", [one]: "" })).toEqual([]);
    expect(await conditionsOf("3.1.7", { [three]: "" })).toEqual([]);
  });

  test("no login for the server of an optional group, unless the group is asked for", async () => {
    const remote = "https://gems.contribsys.com/";
    const Gemfile = `group :paid, optional: true do\n  gem "x", source: "${remote}"\nend\n`;
    const dir = await app(["rack (3.2.0)"], { Gemfile }, { remote });
    expect((await examine(dir)).conditions).toEqual([]);
    const { conditions } = await examine(dir, { env: { BUNDLE_WITH: "paid" } });
    expect(conditions[0]?.lines.join("\n")).toContain("The server needs one: --env");
  });

  test("a login for a gem server that is not public", async () => {
    const remote = "https://gems.example.com/";
    const dir = await app(["rack (3.2.0)"], {}, { remote });
    const { conditions } = await examine(dir);
    expect(conditions).toMatchObject([{ topic: "Gems" }]);
    expect(conditions[0]?.lines.join("\n")).toContain("BUNDLE_GEMS__EXAMPLE__COM=user:token");
    const login = await examine(dir, { env: { BUNDLE_GEMS__EXAMPLE__COM: "user:secret" } });
    expect(login.conditions).toEqual([]);
    expect(JSON.stringify(login)).not.toContain("secret");
    const mirror = { BUNDLE_MIRROR__ALL: "https://mirror.example.com" };
    expect((await examine(dir, { env: mirror })).conditions).toEqual([]);
    const secrets = new Map([
      ["host", "gems.example.com"],
      ["password", "secret"],
    ]);
    const bindings = [{ name: "gems", type: "gem-credentials", secrets }];
    expect((await examine(dir, { bindings })).conditions).toEqual([]);
  });

  test("variables that the app reads while it loads", async () => {
    const files = {
      Rakefile: "",
      "config/application.rb": 'ENV.fetch("API_KEY")\nENV.fetch("RAILS_ENV")\n',
      "config/initializers/mail/smtp.rb": 'host = ENV.fetch("SMTP_HOST")\n',
      "config/environments/test.rb": 'ENV.fetch("OF_TESTS")\n',
    };
    const dir = await app(rails, files);
    const texts = (await examine(dir)).conditions.map(({ lines }) => lines[0]);
    expect(texts).toEqual([
      expect.stringContaining("config/application.rb reads API_KEY without a default"),
      expect.stringContaining("config/initializers/mail/smtp.rb reads SMTP_HOST"),
    ]);
    const env = { API_KEY: "1", SMTP_HOST: "1" };
    expect((await examine(dir, { env })).conditions).toEqual([]);
    const skipping = await examine(dir, { env: { BP_RAILS_SKIP_ASSETS: "true" } });
    expect(skipping.conditions).toEqual([]);
  });

  test("variables that dotenv may set are not missing", async () => {
    const files = {
      Rakefile: "",
      "config/application.rb": 'ENV.fetch("A")\nENV.fetch("B")\nENV.fetch("C")\n',
      ".env.default": "A=1\nexport B=2\n",
      ".env.example": "C=3\n",
    };
    const texts = async (Gemfile: string) => {
      const dir = await app([...rails, "dotenv (3.2.0)"], { ...files, Gemfile });
      return (await examine(dir)).conditions.map(({ lines }) => lines[0]);
    };
    const all = [expect.stringContaining("reads A, B, C without")];
    expect(await texts("")).toEqual(all);
    expect(await texts('gem "dotenv-rails", groups: [:development, :test]\n')).toEqual(all);
    expect(await texts('group :test do\n  gem "dotenv"\nend\n')).toEqual(all);
    expect(await texts('gem "dotenv"\n')).toEqual([expect.stringContaining("reads C without")]);
  });

  test("the master key, if the app requires it", async () => {
    const files = {
      Rakefile: "",
      "config/credentials.yml.enc": "x",
      "config/environments/production.rb": "  config.require_master_key = true\n",
    };
    const dir = await app(rails, files);
    expect((await examine(dir)).conditions).toMatchObject([{ topic: "Credentials" }]);
    expect((await examine(dir, { env: { RAILS_MASTER_KEY: "k" } })).conditions).toEqual([]);
    const optional = {
      "config/environments/production.rb": "# config.require_master_key = true\n",
    };
    expect((await examine(await app(rails, { ...files, ...optional }))).conditions).toEqual([]);
  });
});

describe("warnings", () => {
  test.for([
    ["end of life", { ruby: "ruby 3.1.2" }, [], {}, "reached its end of life"],
    ["a master key", {}, [], { "config/master.key": "k" }, "config/master.key is in the source"],
    ["known problems", { ruby: "ruby 3.4.10" }, ["activesupport (7.0.8)"], {}, "does not start"],
    ["no server", {}, ["railties (8.1.4)"], {}, "No web server that this buildpack knows"],
    ["a Procfile", {}, ["rack (3.2.0)"], { Procfile: "web\n" }, "Ignored line 1 of the Procfile"],
  ] as const)("are those of the build: %s", async ([, options, gems, files, text]) => {
    const { warnings, fails } = await examine(await app(gems, files, options));
    expect(warnings.flatMap(({ lines }) => lines).join("\n")).toContain(text);
    expect(fails).toBe(false);
  });

  test("name gems from git over SSH", async () => {
    const locked = `GIT\n  remote: git@github.com:acme/gem.git\n  revision: 1\n  specs:\n    gem (1.0)\n\n${lockfile([])}`;
    const { warnings } = await examine(await makeTree({ Gemfile: "", "Gemfile.lock": locked }));
    expect(warnings.flatMap(({ lines }) => lines).join("\n")).toContain("over SSH");
  });
});

describe("packages of the system", () => {
  const gems = ["pg (1.6.2)", "ruby-vips (2.2.5)"];

  test("are those of gems that are compiled or load libraries", async () => {
    const { libraries, packagesToCompile } = await examine(await app(gems));
    expect(libraries).toEqual([
      { names: ["libpq.so.5"], gems: ["pg"], package: "libpq5", present: false },
      { names: ["libvips.so.42"], gems: ["ruby-vips"], package: "libvips42", present: false },
    ]);
    expect(packagesToCompile).toEqual([{ package: "libpq-dev", gems: ["pg"] }]);
  });

  test("of a root that has them are marked, and only the others are advised", async () => {
    const root = await makeRoot({
      "usr/lib/libpq.so.5": "",
      "var/lib/dpkg/info/libpq-dev:amd64.list": "",
    });
    const diagnosis = await examine(await app(gems), { root });
    expect(diagnosis.libraries?.map(({ present }) => present)).toEqual([true, false]);
    expect(diagnosis.packagesToCompile?.map(({ present }) => present)).toEqual([true]);
    const advice = linesOf(diagnosis).filter((line) => line.includes("If the image lacks them"));
    expect(advice).toEqual([expect.stringMatching(/recommends libvips42`$/)]);
  });

  test("are not needed for a gem with a variant for the target", async () => {
    const both = ["pg (1.6.2)", "pg (1.6.2-x86_64-linux)"];
    const { libraries, packagesToCompile } = await examine(await app(both));
    expect({ libraries, packagesToCompile }).toEqual({ libraries: [], packagesToCompile: [] });
  });
});

describe("settings", () => {
  test("are listed with where they come from, without the values of others", async () => {
    const env = { BP_JEMALLOC: "false", BP_OTHER_TOKEN: "secret", RAILS_ENV: "staging" };
    const sourceOf = (name: string) => (name === "BP_JEMALLOC" ? "project.toml" : "--env");
    const diagnosis = await examine(await app([]), { env, sourceOf, notPassed: ["BP_KEEP_GIT"] });
    expect(diagnosis.settings).toEqual([
      { name: "BP_JEMALLOC", value: "false", source: "project.toml" },
    ]);
    expect(linesOf(diagnosis)).toEqual(
      expect.arrayContaining([
        "Not settings of this buildpack: BP_OTHER_TOKEN",
        "Set in your shell, but not passed to the build: BP_KEEP_GIT",
      ]),
    );
    expect(JSON.stringify(diagnosis)).not.toContain("secret");
  });

  test("show no password of a URL", async () => {
    const env = { BP_DEPENDENCY_MIRROR: "https://user:secret@mirror.example.com" };
    const diagnosis = await examine(await app([]), { env });
    expect(JSON.stringify(diagnosis)).not.toContain("secret");
    expect(diagnosis.settings).toMatchObject([{ name: "BP_DEPENDENCY_MIRROR" }]);
  });

  test("of an inventory keep Ruby from being looked up", async () => {
    const env = { BP_INVENTORY: `https://example.com/i.toml#sha256=${"0".repeat(64)}` };
    const diagnosis = await examine(await app([], {}, { ruby: "ruby 3.4.99" }), { env });
    expect(diagnosis.errors).toEqual([]);
    expect(diagnosis.ruby).not.toHaveProperty("archive");
  });
});

test("a lockfile for one architecture is noted for the other", async () => {
  const lines = linesOf(await examine(await app([])));
  expect(lines).toContain(
    "A build for arm64 would fail: `bundle lock --add-platform aarch64-linux`",
  );
});

test("the project in a directory is examined there", async () => {
  const dir = await makeTree({
    "server/Gemfile": "",
    "server/Gemfile.lock": lockfile(["rack (3.2.0)"]),
  });
  expect((await examine(dir)).detection.pass).toBe(false);
  const env = { BP_RUBY_PROJECT_PATH: "server" };
  expect(await examine(dir, { env })).toMatchObject({ fails: false, detection: { pass: true } });
});
