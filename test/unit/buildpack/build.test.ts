import { chmod, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { describe, expect, test } from "vitest";
import { build } from "../../../src/buildpack/build.ts";
import type { Binding } from "../../../src/cnb/bindings.ts";
import type { Command, RunCommand } from "../../../src/system/command.ts";
import { lstatIfAny } from "../../../src/system/files.ts";
import { parseToml } from "../../../src/toml.ts";
import { makeBuildContext } from "../../support/builds/build-context.ts";
import { failureOf } from "../../support/failure.ts";
import { addToTree, makeTree, readTree } from "../../support/tree.ts";

const checksum = "a".repeat(64);
const lockfile = `GEM
  remote: https://gems.example.com/
  specs:
    rack (3.1.8)
    railties (8.1.4)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  railties

RUBY VERSION
   ruby 3.3.8p144

BUNDLED WITH
   2.5.22
`;

const app = {
  Gemfile: 'gem "railties"',
  "Gemfile.lock": lockfile,
  "bin/rails": "#!/usr/bin/env ruby\n",
  ".bundle/config": 'BUNDLE_PATH: "vendor"\nBUNDLE_RETRY: "5"\n',
};

// Ruby and jemalloc of an earlier build, so that nothing has to be downloaded.
const restored = {
  "ruby/bin/ruby": "",
  "ruby/lib/ruby/gems/3.3.0/specifications/default/bundler-2.5.22.gemspec": "",
  "ruby.toml": `[metadata]\ndistro = "debian 12"\narch = "amd64"\nruby-version = "3.3.8"\nchecksum = "${checksum}"\n`,
  "jemalloc/lib/libjemalloc.so": "",
  "jemalloc.toml": `[metadata]\ndistro = "debian 12"\narch = "amd64"\njemalloc-version = "5.3.1"\nchecksum = "${checksum}"\nproven-with = "3.3.8"\n`,
};

const buildpack = {
  "inventory/ruby.toml": `[[artifacts]]\nname = "ruby"\nversion = "3.3.8"\nkind = "source"\nurl = "https://upstream.example.com/ruby"\nsha256 = "${checksum}"\n`,
  "inventory/jruby.toml": `[[artifacts]]\nname = "jruby"\nversion = "9.4.15.0"\nkind = "prebuilt"\nurl = "https://upstream.example.com/jruby"\nsha256 = "${checksum}"\n`,
  "inventory/jemalloc.toml": `[[artifacts]]\nname = "jemalloc"\nversion = "5.3.1"\nkind = "source"\nurl = "https://upstream.example.com/jemalloc"\nsha256 = "${checksum}"\n`,
  "inventory/ruby-branches.toml":
    '[[branches]]\nbranch = "3.3"\nstatus = "security maintenance"\nfirst-release = "2023-12-25"\n',
};

describe("build", () => {
  test("prints its decisions in this order", async () => {
    const { log } = await buildApp();
    expect(log.match(/^- .*$/gm)).toEqual([
      "- Warnings",
      "- Versions",
      "- Ruby",
      "- jemalloc",
      "- Bundler",
      "- Gems",
      "- System libraries",
      "- Assets",
      "- Environment",
      "- Processes",
    ]);
    expect(log).toMatch(/^Lapidary 0\.1\.0$/m);
    expect(log).toMatch(/^Done \(finished in /m);
  });

  test("leaves these layers, and a web process", async () => {
    const { layersDir } = await buildApp();
    const files = Object.keys(await readTree(layersDir)).filter((path) => !path.includes("/"));
    expect(files).toEqual([
      "gems-environment.toml",
      "gems-files.toml",
      "gems.toml",
      "jemalloc.toml",
      "launch.toml",
      "ruby.toml",
      "secret-key-base.toml",
      "variables.toml",
    ]);
    const launch = parseToml(await readFile(join(layersDir, "launch.toml"), "utf8"));
    expect(launch).toMatchObject({
      processes: [{ type: "web", default: true }, { type: "console" }],
    });
  });

  test("offers no process of a gem that was not installed", async () => {
    const { log } = await buildApp({ installed: {} });
    expect(log).toContain("No default web process");
    expect(log).not.toContain("bin/rails");
  });

  test("lets the user choose how extensions are compiled", async () => {
    const { commands, log } = await buildApp({ userEnv: { MAKEFLAGS: "-j1" } });
    expect(commands[0]?.env["MAKEFLAGS"]).toBe("-j1");
    expect(log).toContain("Extensions compile with `MAKEFLAGS=-j1`");
  });

  test("puts assets into a slice of their own, if there are any", async () => {
    const sliced = await buildApp({ files: { "public/assets/app-1.css": "" } });
    const plain = await buildApp();
    const [withAssets, without] = await Promise.all(
      [sliced, plain].map(({ layersDir }) => readFile(join(layersDir, "launch.toml"), "utf8")),
    );
    expect(parseToml(withAssets ?? "")).toMatchObject({ slices: [{ paths: ["public/assets"] }] });
    expect(parseToml(without ?? "")).not.toHaveProperty("slices");
  });

  test("builds the project in a directory of the app, and runs it there", async () => {
    const { "bin/rails": binRails, Gemfile, "Gemfile.lock": locked } = app;
    const { layersDir, appDir, commands } = await buildApp({
      files: {
        "server/gems.rb": Gemfile,
        "server/gems.locked": locked,
        "server/bin/rails": binRails,
        "server/public/assets/app-1.css": "",
      },
      userEnv: { BP_RUBY_PROJECT_PATH: "server" },
    });
    const project = join(appDir, "server");
    expect(commands.map(({ cwd }) => cwd)).toEqual([project, project]);
    const launch = parseToml(await readFile(join(layersDir, "launch.toml"), "utf8"));
    expect(launch).toMatchObject({
      processes: [
        { type: "web", "working-dir": project },
        { type: "console", "working-dir": project },
      ],
      slices: [{ paths: ["server/public/assets"] }],
    });
    const env = await readTree(join(layersDir, "variables/env"));
    expect(env["BUNDLE_GEMFILE.override"]).toBe(join(project, "gems.rb"));
    expect(env["PATH.prepend"]).toMatch(new RegExp(`^${join(project, "bin")}:`));
    expect((await lstatIfAny(join(project, "tmp/pids")))?.isDirectory()).toBe(true);
    expect(await lstatIfAny(join(appDir, "tmp"))).toBeUndefined();
  });

  test("runs Bundler frozen, on our Ruby, in our layer, and with the user's own settings", async () => {
    const { layersDir, appDir, commands } = await buildApp({
      userEnv: { BUNDLE_GEMS__EXAMPLE__COM: "user:secret", GEM_HOME: "/elsewhere" },
    });
    expect(commands[0]).toMatchObject({ file: "bundle", args: ["install"], cwd: appDir });
    expect(commands[0]?.env).toEqual({
      BUNDLE_APP_CONFIG: join(layersDir, "gems/.bundle"),
      BUNDLE_FROZEN: "1",
      BUNDLE_GEMFILE: join(appDir, "Gemfile"),
      BUNDLE_GEMS__EXAMPLE__COM: "user:secret",
      BUNDLE_RETRY: "5",
      BUNDLE_SILENCE_ROOT_WARNING: "1",
      BUNDLE_WITHOUT: "development:test",
      GEM_HOME: join(layersDir, "gems"),
      GEM_PATH: join(layersDir, "gems"),
      LANG: "C.UTF-8",
      MAKEFLAGS: expect.stringMatching(/^-j[1-9]/),
      PATH: `${join(layersDir, "ruby/bin")}:/usr/bin`,
    });
  });

  test("installs the lockfile's Bundler if Ruby ships another, and puts it before Ruby's", async () => {
    const { layersDir, commands } = await buildApp({
      files: { "Gemfile.lock": lockfile.replace("2.5.22", "2.7.2") },
    });
    const bundler = join(layersDir, "bundler");
    const ruby = join(layersDir, "ruby/bin");
    expect(commands.map(({ file, args }) => `${file} ${args[0]}`)).toEqual([
      "gem install",
      "bundle install",
      "bundle clean",
    ]);
    expect(commands[0]?.env["PATH"]).toBe(`${ruby}:/usr/bin`);
    expect(commands[1]?.env).toMatchObject({
      PATH: `${join(bundler, "bin")}:${ruby}:/usr/bin`,
      GEM_PATH: `${join(layersDir, "gems")}:${bundler}`,
    });
  });

  test("does not write credentials of the environment to any file", async () => {
    const { layersDir, log } = await buildApp({
      userEnv: { BUNDLE_GEMS__EXAMPLE__COM: "user:t0ps3cret" },
      output: ["Fetching https://user:t0ps3cret@gems.example.com/rack.gem"],
    });
    expect(JSON.stringify(await readTree(layersDir))).not.toContain("t0ps3cret");
    expect(log).not.toContain("t0ps3cret");
    expect(log).toContain("Fetching https://***@gems.example.com/rack.gem");
  });

  test("gives the login of a binding only to Bundler, and prefers the user's own variables", async () => {
    const secrets = { host: "gems.example.com", username: "shop", password: "t0ps3cret" };
    const name = "BUNDLE_GEMS__EXAMPLE__COM";
    const story = {
      files: {
        Rakefile: "",
        "Gemfile.lock": lockfile.replace("    rack (", "    rake (13.4.2)\n    rack ("),
      },
      installed: { "specifications/rake-13.4.2.gemspec": "" },
      bindings: [
        { name: "private", type: "gem-credentials", secrets: new Map(Object.entries(secrets)) },
      ],
    };
    const { layersDir, commands, log } = await buildApp(story);
    const knowing = commands.filter(({ env }) => name in env);
    expect(knowing.map(({ args }) => args[0])).toEqual(["install", "clean"]);
    expect(knowing[0]?.env[name]).toBe("shop:t0ps3cret");
    expect(commands.map(({ args }) => args.slice(0, 2).join(" "))).toContain("exec rake");
    expect(JSON.stringify(await readTree(layersDir))).not.toContain("t0ps3cret");
    expect(log).not.toContain("t0ps3cret");
    expect(log).toContain(`\`${name}\` from the binding \`private\``);

    const own = await buildApp({ ...story, userEnv: { [name]: "me:mine" } });
    expect(own.commands[0]?.env[name]).toBe("me:mine");
  });

  test("runs no command if nothing has changed, but tries Ruby", async () => {
    const first = await buildApp();
    const second = await buildApp({ ...first });
    expect(first.commands.map(({ args }) => args[0])).toEqual(["install", "clean"]);
    expect(second.commands).toEqual([]);
  });

  test("leaves out the same groups at launch as at build", async () => {
    const { layersDir } = await buildApp({ userEnv: { BUNDLE_WITHOUT: "assets ci" } });
    expect(await readTree(join(layersDir, "variables/env"))).toMatchObject({
      "BUNDLE_WITHOUT.default": "assets:ci",
    });
  });

  test("labels the image as the user wants", async () => {
    const userEnv = { BP_IMAGE_LABELS: "service=shop", BP_OCI_VERSION: "1.2" };
    const { layersDir } = await buildApp({ userEnv });
    expect(parseToml(await readFile(join(layersDir, "launch.toml"), "utf8"))).toMatchObject({
      labels: [
        { key: "org.opencontainers.image.version", value: "1.2" },
        { key: "service", value: "shop" },
      ],
    });
  });

  test("creates the directories of Rails before rake runs", async () => {
    const seen: string[][] = [];
    await buildApp({
      files: {
        Rakefile: "",
        "Gemfile.lock": lockfile.replace("    railties (", "    rake (13.2.1)\n    railties ("),
      },
      installed: {
        "specifications/railties-8.1.4.gemspec": "",
        "specifications/rake-13.2.1.gemspec": "",
      },
      onCommand: async ({ args, cwd }) => {
        if (args[1] === "rake") seen.push(await readdir(cwd));
      },
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toEqual(expect.arrayContaining(["log", "storage", "tmp"]));
  });

  test("makes what Rails writes to writable by the group", async () => {
    const { appDir } = await buildApp();
    expect((await lstatIfAny(join(appDir, "tmp/pids")))?.isDirectory()).toBe(true);
  });
});

describe("build on JRuby", () => {
  const jrubyLock = lockfile
    .replace("x86_64-linux", "java")
    .replace("ruby 3.3.8p144", "ruby 3.1.7p0 (jruby 9.4.15.0)")
    .replace("2.5.22", "2.6.3");
  const layers = {
    "ruby/bin/ruby": "",
    "ruby/lib/jruby.jar": "",
    "ruby/lib/jruby-java17.0.15.jsa": "30 MB",
    "ruby/lib/ruby/gems/shared/specifications/default/bundler-2.6.3.gemspec": "",
    "ruby.toml": `[metadata]\ndistro = "debian 12"\narch = "amd64"\nruby-version = "jruby 9.4.15.0"\nchecksum = "${checksum}"\n`,
  };
  const java = 'openjdk version "17.0.15" 2025-04-15';

  async function buildOnJava(userEnv: Record<string, string> = {}) {
    const layersDir = await makeTree(layers);
    const files = { "Gemfile.lock": jrubyLock };
    const env = { JAVA_HOME: "/layers/test_jvm/jdk", ...userEnv };
    return await buildApp({ layersDir, files, userEnv: env, output: [java] });
  }

  test("runs Java first to find out its version, and keeps the JRuby of an earlier build", async () => {
    const { commands, log } = await buildOnJava();
    expect(commands.map(({ file, args }) => `${file} ${args[0]}`)).toEqual([
      "/layers/test_jvm/jdk/bin/java -version",
      "bundle install",
      "bundle clean",
    ]);
    expect(log).toContain("Using `jruby 9.4.15.0` of the last build");
    expect(log).toContain("Using `2.6.3`, which ships with Ruby");
    expect(log).not.toContain("- jemalloc");
  });

  test("starts Bundler in JRuby's fast mode, unless the user sets JRUBY_OPTS", async () => {
    const optionsOf = async (userEnv?: Record<string, string>) =>
      (await buildOnJava(userEnv)).commands[1]?.env["JRUBY_OPTS"];
    expect(await optionsOf()).toBe("--dev");
    expect(await optionsOf({ JRUBY_OPTS: "-J-Xmx1g" })).toBe("-J-Xmx1g");
  });

  test("leaves no archive of classes in the layer, and tells servers not to fork", async () => {
    const { layersDir } = await buildOnJava();
    const files = Object.keys(await readTree(layersDir));
    expect(files.filter((path) => path.startsWith("ruby/lib/jruby"))).toEqual([
      "ruby/lib/jruby.jar",
    ]);
    expect(files).toContain("variables/env.launch/WEB_CONCURRENCY.override");
  });

  test("downloads nothing if there is no Java", async () => {
    const work = buildApp({ layersDir: await makeTree(), files: { "Gemfile.lock": jrubyLock } });
    expect(await failureOf(work)).toMatchObject({ code: "java/missing" });
  });
});

describe("a problem of the app", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "a lockfile for other machines",
      { "Gemfile.lock": lockfile.replace("x86_64-linux", "arm64-darwin-24") },
      "app/platform-missing",
    ],
    ["a misleading script", { "bin/rails": "#!/opt/ruby/bin/ruby\n" }, "app/binstub-misleading"],
    [
      "another engine",
      { "Gemfile.lock": lockfile.replace("p144", "p0 (truffleruby 24.1)") },
      "app/ruby-unsupported",
    ],
  ])("fails the build before any layer is opened: %s", async (_, files, code) => {
    const layersDir = await makeTree(restored);
    const before = await readTree(layersDir);
    const commands: Command[] = [];
    const work = buildApp({ layersDir, files, commands });
    expect(await failureOf(work)).toMatchObject({ code });
    expect(commands).toEqual([]);
    expect(await readTree(layersDir)).toEqual(before);
  });
});

interface Story {
  layersDir?: string;
  appDir?: string;
  files?: Record<string, string>;
  userEnv?: Record<string, string>;
  bindings?: readonly Binding[];
  output?: string[];
  commands?: Command[];
  /** What `bundle install` leaves besides rack. */
  installed?: Record<string, string>;
  onCommand?: (command: Command) => Promise<void>;
}

function answering(stdout: string) {
  return { exitCode: 0, stdout, stderr: "", lines: [stdout] };
}

async function buildApp(story: Story = {}) {
  const { files = {}, userEnv = {}, bindings = [], output = [] } = story;
  const { installed = { "specifications/railties-8.1.4.gemspec": "one, too" } } = story;
  const appDir = story.appDir ?? (await makeTree({ ...app, ...files }));
  for (const path of await glob("**/bin/rails", { cwd: appDir, absolute: true })) {
    await chmod(path, 0o755);
  }
  const layersDir = story.layersDir ?? (await makeTree(restored));
  const buildpackDir = await makeTree(buildpack);
  const commands: Command[] = [];
  const run: RunCommand = async (command) => {
    if (command.args.includes("print RUBY_DESCRIPTION"))
      return answering("ruby 3.3.8 (2025-04-09)");
    commands.push(command);
    story.commands?.push(command);
    await story.onCommand?.(command);
    for (const line of output) command.onLine?.(line);
    const gemHome = command.env["GEM_HOME"];
    if (gemHome) {
      await addToTree(gemHome, {
        "gems/rack-3.1.8/rack.rb": "",
        "specifications/rack-3.1.8.gemspec": "a specification",
        ...installed,
      });
    }
    return { exitCode: 0, stdout: "", stderr: "", lines: output };
  };
  const env = { PATH: "/usr/bin", CNB_TARGET_OS: "linux" };
  const input = { appDir, layersDir, buildpackDir };
  const context = makeBuildContext({ input, userEnv, bindings, env, run });
  await build(context);
  return { appDir, layersDir, commands, log: context.log() };
}
