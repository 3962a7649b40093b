import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installGemsLayer } from "../../../../src/buildpack/gems/gems-layer.ts";
import type { GemsOptions } from "../../../../src/buildpack/gems/gems-layer.ts";
import type { GemStore } from "../../../../src/buildpack/gems/store/gem-store.ts";
import type { Command, RunCommand } from "../../../../src/system/command.ts";
import { lstatIfAny, removeTree } from "../../../../src/system/files.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const metadata: GemsOptions["metadata"] = {
  distro: "debian 12",
  arch: "amd64",
  rubyVersion: "3.3.8",
  rubyChecksum: "c".repeat(64),
  gemfile: "a".repeat(32),
  lockfile: "b".repeat(32),
  files: "d".repeat(32),
  bundlerVersion: "2.7.2",
  gemFiles: "all",
};

describe("Application Contract: Ruby Dependencies", () => {
  test("the first build runs `bundle install`, then `bundle clean`", async () => {
    const layersDir = await makeTree();
    const { commands, lines } = await install(layersDir);
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe("Installing, because there is no layer of an earlier build");
  });

  test("`bundle install` tells how many gems are done", async () => {
    const section = recordSection();
    const told: string[] = [];
    section.timed = async (_text, work) => await work((state) => told.push(state));
    const run: RunCommand = async ({ onLine }) => {
      for (const line of ["Fetching rack 3.1.8", "Installing rack 3.1.8", "Using rake 13.2.1"]) {
        onLine?.(line);
      }
      return { exitCode: 0, stdout: "", stderr: "", lines: [] };
    };
    await install(await makeTree(), { section, run });
    expect(told.slice(0, 2)).toEqual(["1 of at most 2 gems", "2 of at most 2 gems"]);
  });

  describe("with gems that were downloaded before", () => {
    const found = { BUNDLE_CACHE_PATH: "/tmp/downloads" };
    const withDownloads: GemsOptions["withDownloads"] = (work) => work(found);

    test("`bundle install` is told where they are, `bundle clean` is not", async () => {
      const { received } = await install(await makeTree(), { withDownloads });
      expect(received.map(({ env }) => env["BUNDLE_CACHE_PATH"])).toEqual([
        "/tmp/downloads",
        undefined,
      ]);
    });

    test.each([1, 6, 7, 11, 14, 41])(
      "exit code %i runs it again with the gem servers",
      async (exitCode) => {
        const fails = { command: "install", exitCode, output: ["Could not find opal"] };
        const layersDir = await makeTree();
        const failing = { withDownloads, fails: { ...fails, times: 1 } };
        const { received, lines } = await install(layersDir, failing);
        expect(received.map(({ args, env }) => [args[0], env["BUNDLE_CACHE_PATH"]])).toEqual([
          ["install", "/tmp/downloads"],
          ["install", undefined],
          ["clean", undefined],
        ]);
        expect(lines).toContain(
          "Bundler cannot use what was downloaded, so it asks the gem servers",
        );
      },
    );

    test.each([
      [5, withDownloads],
      [7, ((work) => work({})) satisfies GemsOptions["withDownloads"]],
    ])("exit code %i of %s is final", async (exitCode, downloads) => {
      const fails = { command: "install", exitCode, output: ["no"] };
      const story = install(await makeTree(), { withDownloads: downloads, fails });
      expect(await failureOf(story)).toMatchObject({ code: "gems/install-failed", exitCode });
    });
  });

  test("an unchanged build runs nothing and keeps the gems", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const { commands, lines } = await install(layersDir);
    expect(commands).toEqual([]);
    expect(lines).toEqual(["Using the gems of the last build: nothing has changed"]);
    expect(await readTree(join(layersDir, "gems"))).toHaveProperty(["gems/rack-3.1.8/rack.rb"]);
  });

  test.each([
    ["gems/rack-3.1.8", "missing"],
    ["specifications/rack-3.1.8.gemspec", "missing"],
    ["specifications/rack-3.1.8.gemspec", "empty"],
    ["extensions/x86_64-linux/3.3.0/puma-6.4.2", "missing"],
    ["bin/puma", "missing"],
  ])("installs cached gems again if %s is %s", async (path, fate) => {
    const made = {
      "gems/rack-3.1.8/rack.rb": "",
      "specifications/rack-3.1.8.gemspec": "a specification",
      "extensions/x86_64-linux/3.3.0/puma-6.4.2/puma_http11.so": "",
      "bin/puma": "a script",
    };
    const layersDir = await makeTree();
    await install(layersDir, { made });
    expect((await install(layersDir, { made })).commands).toEqual([]);
    await removeTree(join(layersDir, "gems", path));
    if (fate === "empty") await addToTree(layersDir, { [`gems/${path}`]: "" });
    const { lines, sawGems } = await install(layersDir, { made });
    expect(lines[0]).toBe(`Installing, because \`${path}\` of the last build is ${fate}`);
    expect(sawGems).toBe(false);
    expect((await install(layersDir, { made })).commands).toEqual([]);
  });

  test("keeps gems of an older version, which left no list of them", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    await removeTree(join(layersDir, "gems-files"));
    await removeTree(join(layersDir, "gems-files.toml"));
    expect((await install(layersDir)).commands).toEqual([]);
  });

  test.each<[keyof GemsOptions["metadata"], string]>([
    ["gemfile", "`Gemfile` changed"],
    ["lockfile", "`Gemfile.lock` changed"],
    ["files", "a file that the Gemfile reads changed"],
  ])("a change of %s runs them again on the installed gems", async (input, reason) => {
    const layersDir = await makeTree();
    await install(layersDir);
    const changed = { ...metadata, [input]: "f".repeat(32) };
    const { commands, lines, sawGems } = await install(layersDir, { metadata: changed });
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe(`Updating, because ${reason}`);
    expect(sawGems).toBe(true);
    expect((await install(layersDir, { metadata: changed })).commands).toEqual([]);
  });

  test("a change of the environment runs them again on the installed gems", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const change = "the build's environment changed";
    let committed = 0;
    const commit = async () => void (committed += 1);
    const { commands, lines, sawGems } = await install(layersDir, {
      environment: { change, commit },
    });
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe(`Updating, because ${change}`);
    expect(sawGems).toBe(true);
    expect(committed).toBe(1);
  });

  test("the environment is recorded only after the gems are installed", async () => {
    const layersDir = await makeTree();
    const environment = { change: undefined, commit: () => expect.fail("recorded") };
    const fails = { command: "install", exitCode: 1, output: ["no"] };
    await failureOf(install(layersDir, { environment, fails }));
  });

  test("a digest of the environment that an older version stored is dropped", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const path = join(layersDir, "gems.toml");
    await writeFile(path, `${await readFile(path, "utf8")}environment = "${"e".repeat(32)}"\n`);
    expect((await install(layersDir)).commands).toEqual([]);
    expect(await readFile(path, "utf8")).not.toContain("environment");
  });

  test("a change is named like the app's files", async () => {
    const layersDir = await makeTree();
    const names = { gemfile: "gems.rb", lockfile: "gems.locked" };
    await install(layersDir, names);
    const changed = { ...metadata, gemfile: "f".repeat(32), lockfile: "9".repeat(32) };
    const { lines } = await install(layersDir, { ...names, metadata: changed });
    expect(lines[0]).toBe("Updating, because `gems.rb` changed; `gems.locked` changed");
  });

  test("all changes are named", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const changed = { ...metadata, lockfile: "f".repeat(32), bundlerVersion: "4.0.1" };
    const { lines } = await install(layersDir, { metadata: changed });
    expect(lines[0]).toBe(
      "Updating, because `Gemfile.lock` changed; the Bundler version changed from `2.7.2` to `4.0.1`",
    );
  });

  test.each<[keyof GemsOptions["metadata"], string, string]>([
    ["distro", "debian 13", "the distribution changed from `debian 12` to `debian 13`"],
    ["arch", "arm64", "the CPU architecture changed from `amd64` to `arm64`"],
    ["rubyVersion", "3.4.10", "the Ruby version changed from `3.3.8` to `3.4.10`"],
    ["rubyChecksum", "9", "the Ruby archive changed"],
  ])("another %s empties the layer", async (key, value, reason) => {
    const layersDir = await makeTree();
    await install(layersDir);
    const changed = { ...metadata, [key]: value };
    const { commands, lines, sawGems } = await install(layersDir, { metadata: changed });
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe(`Installing, because ${reason}`);
    expect(sawGems).toBe(false);
  });

  test("HEROKU_SKIP_BUNDLE_DIGEST runs them on every build", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const { commands, lines, sawGems } = await install(layersDir, { always: true });
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe("Updating, because `HEROKU_SKIP_BUNDLE_DIGEST` is set");
    expect(sawGems).toBe(true);
  });

  test("the layer is for build and launch, and is cached", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const toml = await readFile(join(layersDir, "gems.toml"), "utf8");
    expect(toml).toContain("[types]\nlaunch = true\nbuild = true\ncache = true\n");
    expect(toml).toContain('ruby-version = "3.3.8"');
  });
});

describe("the commands", () => {
  test("run in the app, with the given environment", async () => {
    const layersDir = await makeTree();
    const { received } = await install(layersDir);
    expect(received[0]).toMatchObject({
      file: "bundle",
      cwd: "/workspace",
      env: { PATH: "/layers/ruby/bin", GEM_HOME: join(layersDir, "gems") },
    });
  });

  test("leave no archives, logs, object files or git histories, but everything that runs", async () => {
    const layersDir = await makeTree();
    await install(layersDir, {
      made: {
        "cache/rack-3.1.8.gem": "",
        "extensions/x86_64-linux/3.3.0/pg-1.5/gem_make.out": "",
        "extensions/x86_64-linux/3.3.0/pg-1.5/mkmf.log": "",
        "extensions/x86_64-linux/3.3.0/pg-1.5/pg_ext.so": "",
        "gems/pg-1.5/ext/pg.o": "",
        "gems/pg-1.5/ext/pg.c": "",
        "gems/pg-1.5/ext/extconf.rb": "",
        "gems/pg-1.5/ext/Makefile": "",
        "gems/pg-1.5/ext/libpq/Makefile": "",
        "gems/pg-1.5/ext/.deep/mkmf.log": "",
        "gems/sqlite3-2.1/ext/sqlite3/tmp/x86_64-linux-gnu/ports/sqlite3/3.5/sqlite3.c": "",
        "gems/sqlite3-2.1/ports/x86_64-linux-gnu/sqlite3/3.5/lib/libsqlite3.so": "",
        "bundler/gems/fork-1/ext/fork.o": "",
        "bundler/gems/fork-1/.git/HEAD": "",
        "bundler/gems/fork-1/fork.gemspec": "",
        "gems/pg-1.5/lib/pg.rb": "",
      },
    });
    expect(Object.keys(await readTree(join(layersDir, "gems")))).toEqual([
      "bundler/gems/fork-1/fork.gemspec",
      "extensions/x86_64-linux/3.3.0/pg-1.5/pg_ext.so",
      "gems/pg-1.5/ext/extconf.rb",
      "gems/pg-1.5/ext/libpq/Makefile",
      "gems/pg-1.5/ext/pg.c",
      "gems/pg-1.5/lib/pg.rb",
      "gems/sqlite3-2.1/ports/x86_64-linux-gnu/sqlite3/3.5/lib/libsqlite3.so",
    ]);
  });

  describe("and files that no app needs", () => {
    const needed: GemsOptions["metadata"] = { ...metadata, gemFiles: "needed" };
    const made = { "gems/rack-3.1.8/rack.rb": "", "gems/rack-3.1.8/spec/rack_spec.rb": "12345" };

    test("are removed, and the log says how to keep them", async () => {
      const layersDir = await makeTree();
      const { lines } = await install(layersDir, { metadata: needed, made });
      expect(lines.at(-1)).toBe(
        "Removed 5 B that no app needs: extensions for other versions of Ruby, source code of extensions, tests and documentation (`BP_KEEP_GEM_FILES=true` keeps them)",
      );
      expect(Object.keys(await readTree(join(layersDir, "gems")))).toEqual([
        "gems/rack-3.1.8/rack.rb",
      ]);
      expect((await install(layersDir, { metadata: needed, made })).commands).toEqual([]);
    });

    test("are removed from gems of a build that kept them, which stay", async () => {
      const layersDir = await makeTree();
      await install(layersDir, { made });
      const path = join(layersDir, "gems.toml");
      const toml = await readFile(path, "utf8");
      await writeFile(path, toml.replace(/^gem-files.*\n/m, ""));
      const { lines, sawGems } = await install(layersDir, { metadata: needed, made: {} });
      expect(lines[0]).toBe(
        "Updating, because the choice of files that are kept in gems changed from `all` to `needed`",
      );
      expect(sawGems).toBe(true);
      expect(await readTree(join(layersDir, "gems"))).not.toHaveProperty([
        "gems/rack-3.1.8/spec/rack_spec.rb",
      ]);
    });

    test("come back by installing all gems again", async () => {
      const layersDir = await makeTree();
      await install(layersDir, { metadata: needed, made });
      const { lines, sawGems } = await install(layersDir, { made });
      expect(lines[0]).toBe(
        "Installing, because the choice of files that are kept in gems changed from `needed` to `all`",
      );
      expect(sawGems).toBe(false);
    });
  });

  test("leave no credentials in files or in the log", async () => {
    const layersDir = await makeTree();
    const secret = "user:t0ps3cret";
    const { lines } = await install(layersDir, {
      env: { BUNDLE_GEMS__EXAMPLE__COM: secret },
      made: { "cache/bundler/git/shop/config": `url = https://${secret}@gems.example.com/shop` },
    });
    expect(lines.join("\n")).not.toContain("t0ps3cret");
    expect(JSON.stringify(await readTree(layersDir))).not.toContain("t0ps3cret");
  });
});

describe("a failure", () => {
  // Word for word what these versions print, line breaks included.
  const outOfStep: [string, string[]][] = [
    [
      "1.17.3",
      [
        "You are trying to install in deployment mode after changing",
        "your Gemfile. Run `bundle install` elsewhere and add the",
        "updated Gemfile.lock to version control.",
        "",
        "If this is a development machine, remove the /workspace/Gemfile freeze ",
        "by running `bundle install --no-deployment`.",
        "",
        "The dependencies in your gemfile changed",
        "",
        "You have added to the Gemfile:",
        "* rake",
      ],
    ],
    [
      "2.3.27",
      [
        "You are trying to install in deployment mode after changing",
        "your Gemfile. Run `bundle install` elsewhere and add the",
        "updated Gemfile.lock to version control.",
        "",
        "If this is a development machine, remove the /workspace/Gemfile freeze ",
        "by running `bundle config unset frozen`.",
        "",
        "The dependencies in your gemfile changed",
        "",
        "You have added to the Gemfile:",
        "* rake",
      ],
    ],
    [
      "2.5.23",
      [
        "The gemspecs for path gems changed, but the lockfile can't be updated because",
        "frozen mode is set",
        "",
        "Run `bundle install` elsewhere and add the updated Gemfile to version control.",
      ],
    ],
    [
      "2.7.2",
      [
        "The dependencies in your gemfile changed, but the lockfile can't be updated",
        "because frozen mode is set",
        "",
        "You have added to the Gemfile:",
        "* rake",
        "",
        "Run `bundle install` elsewhere and add the updated Gemfile.lock to version",
        "control.",
      ],
    ],
    [
      "4.0.24",
      ["Your lockfile needs to be updated, but it can't be because frozen", "mode is set."],
    ],
  ];

  test.each(outOfStep)(
    "of Bundler %s because of an outdated lockfile is recognized",
    async (_, output) => {
      const layersDir = await makeTree();
      const work = install(layersDir, { fails: { command: "install", exitCode: 16, output } });
      expect(await failureOf(work)).toEqual({
        code: "gems/lockfile-out-of-step",
        gemfile: "Gemfile",
        lockfile: "Gemfile.lock",
        output: output.filter((line) => line !== ""),
      });
    },
  );

  test("of another kind has the last lines", async () => {
    const output = ["Fetching rack", ...Array.from({ length: 20 }, (_, index) => `line ${index}`)];
    const work = install(await makeTree(), { fails: { command: "install", exitCode: 5, output } });
    expect(await failureOf(work)).toEqual({
      code: "gems/install-failed",
      command: "bundle install",
      exitCode: 5,
      output: output.slice(-12),
      error: output.slice(1),
      packages: [],
      image: "debian",
    });
  });

  test("of `bundle clean` has its own code", async () => {
    const work = install(await makeTree(), {
      fails: { command: "clean", exitCode: 1, output: ["no"] },
    });
    expect(await failureOf(work)).toEqual({
      code: "gems/clean-failed",
      command: "bundle clean --force",
      exitCode: 1,
      output: ["no"],
    });
  });

  test.each(["install", "clean"])(
    "of `bundle %s` commits nothing: the next build starts from scratch",
    async (command) => {
      const layersDir = await makeTree();
      await install(layersDir);
      const changed = { ...metadata, lockfile: "f".repeat(32) };
      const fails = { command, exitCode: 1, output: [] };
      await failureOf(install(layersDir, { metadata: changed, fails }));
      expect(await lstatIfAny(join(layersDir, "gems.toml"))).toBeUndefined();
      const { lines, sawGems } = await install(layersDir, { metadata: changed });
      expect(lines[0]).toBe("Installing, because the last build did not finish it");
      expect(sawGems).toBe(false);
    },
  );

  test.each<[number, string[]]>([
    [5, ["rack-3.1.8"]],
    [143, []],
  ])("exit code %i leaves in the gem store: %j", async (exitCode, expected) => {
    const layersDir = await makeTree();
    const made = {
      "gems/rack-3.1.8/rack.rb": "",
      "gems/rack-3.1.8/test/rack_test.rb": "",
      "cache/rack-3.1.8.gem": "",
    };
    const stored: string[] = [];
    const store: GemStore = {
      place: async () => {},
      add: async (gemsDir) => {
        stored.push(...(await readdir(join(gemsDir, "gems"))));
        expect(Object.keys(await readTree(gemsDir))).toEqual(["gems/rack-3.1.8/rack.rb"]);
      },
    };
    const fails = { command: "install", exitCode, output: ["no"] };
    const needed: GemsOptions["metadata"] = { ...metadata, gemFiles: "needed" };
    await failureOf(install(layersDir, { made, fails, store, metadata: needed }));
    expect(stored).toEqual(expected);
  });

  test("metadata of an older version that cannot be read empties the layer", async () => {
    const layersDir = await makeTree({ "gems/old.rb": "" });
    await writeFile(join(layersDir, "gems.toml"), '[metadata]\ndistro = "debian 12"\n');
    const { lines } = await install(layersDir);
    expect(lines[0]).toMatch(/^Installing, because its metadata cannot be read \(/);
  });
});

interface Story extends Partial<
  Pick<
    GemsOptions,
    | "metadata"
    | "environment"
    | "always"
    | "env"
    | "gemfile"
    | "lockfile"
    | "run"
    | "section"
    | "store"
    | "withDownloads"
  >
> {
  /** What `bundle install` leaves in the layer. */
  made?: Record<string, string>;
  fails?: { command: string; exitCode: number; output: string[]; times?: number };
}

async function install(layersDir: string, story: Story = {}) {
  const { made = { "gems/rack-3.1.8/rack.rb": "" }, fails, ...options } = story;
  const section = recordSection();
  const gemsDir = join(layersDir, "gems");
  const received: Command[] = [];
  let sawGems = false;
  let failures = 0;
  const run: RunCommand = async (command) => {
    received.push(command);
    if (command.args[0] === "install") {
      sawGems = (await lstatIfAny(join(gemsDir, "gems"))) !== undefined;
      await addToTree(gemsDir, made);
    }
    const isFailing = fails?.command === command.args[0] && failures < (fails?.times ?? Infinity);
    const failing = isFailing ? fails : undefined;
    if (isFailing) failures += 1;
    const lines = failing?.output ?? ["Using rack 3.1.8"];
    for (const line of lines) command.onLine?.(line);
    return { exitCode: failing?.exitCode ?? 0, stdout: "", stderr: "", lines };
  };
  await installGemsLayer({
    layersDir,
    appDir: "/workspace",
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    metadata,
    engineVersion: "3.3.8",
    lockedGems: 2,
    environment: { change: undefined, commit: async () => {} },
    always: false,
    image: "debian",
    run,
    section,
    ...options,
    env: { PATH: "/layers/ruby/bin", GEM_HOME: gemsDir, ...options.env },
  });
  const commands = received.map(({ file, args }) => [file, ...args].join(" "));
  return { commands, received, lines: section.lines, sawGems };
}
