import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installGems } from "../../../../src/buildpack/gems/gems-layer.ts";
import type { GemsOptions } from "../../../../src/buildpack/gems/gems-layer.ts";
import type { Command, RunCommand } from "../../../../src/system/command.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
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
  environment: "e".repeat(32),
  bundlerVersion: "2.7.2",
};

describe("Application Contract: Ruby Dependencies", () => {
  test("the first build runs `bundle install`, then `bundle clean`", async () => {
    const layersDir = await makeTree();
    const { commands, lines, gemsDir } = await install(layersDir);
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(gemsDir).toBe(join(layersDir, "gems"));
    expect(lines[0]).toBe("Installing, because there is nothing from an earlier build");
  });

  test("an unchanged build runs nothing and keeps the gems", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const { commands, lines } = await install(layersDir);
    expect(commands).toEqual([]);
    expect(lines).toEqual(["Kept: nothing that `bundle install` depends on has changed"]);
    expect(await readTree(join(layersDir, "gems"))).toHaveProperty(["gems/rack-3.1.8/rack.rb"]);
  });

  test.each<[keyof GemsOptions["metadata"], string]>([
    ["gemfile", "`Gemfile` (`aaaaaaaa` to `ffffffff`)"],
    ["lockfile", "`Gemfile.lock` (`bbbbbbbb` to `ffffffff`)"],
    ["files", "files that the Gemfile reads (`dddddddd` to `ffffffff`)"],
    ["environment", "the build's environment variables (`eeeeeeee` to `ffffffff`)"],
  ])("a change of the %s runs them again on the gems that are there", async (input, reason) => {
    const layersDir = await makeTree();
    await install(layersDir);
    const changed = { ...metadata, [input]: "f".repeat(32) };
    const { commands, lines, sawGems } = await install(layersDir, { metadata: changed });
    expect(commands).toEqual(["bundle install", "bundle clean --force"]);
    expect(lines[0]).toBe(`Updating, because ${reason}`);
    expect(sawGems).toBe(true);
    expect((await install(layersDir, { metadata: changed })).commands).toEqual([]);
  });

  test("a change is named as the app's own files are", async () => {
    const layersDir = await makeTree();
    const names = { gemfile: "gems.rb", lockfile: "gems.locked" };
    await install(layersDir, names);
    const changed = { ...metadata, gemfile: "f".repeat(32), lockfile: "9".repeat(32) };
    const { lines } = await install(layersDir, { ...names, metadata: changed });
    expect(lines[0]).toBe(
      "Updating, because `gems.rb` (`aaaaaaaa` to `ffffffff`); `gems.locked` (`bbbbbbbb` to `99999999`)",
    );
  });

  test("several changes are all named", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const changed = { ...metadata, lockfile: "f".repeat(32), bundlerVersion: "4.0.1" };
    const { lines } = await install(layersDir, { metadata: changed });
    expect(lines[0]).toBe(
      "Updating, because `Gemfile.lock` (`bbbbbbbb` to `ffffffff`); Bundler version (`2.7.2` to `4.0.1`)",
    );
  });

  test.each<[keyof GemsOptions["metadata"], string, string]>([
    ["distro", "debian 13", "Distribution (`debian 12` to `debian 13`)"],
    ["arch", "arm64", "CPU architecture (`amd64` to `arm64`)"],
    ["rubyVersion", "3.4.10", "Ruby version (`3.3.8` to `3.4.10`)"],
    ["rubyChecksum", "9", `Ruby archive (\`${"c".repeat(64)}\` to \`9\`)`],
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
    expect(lines[0]).toBe("Updating, because `HEROKU_SKIP_BUNDLE_DIGEST` asks for it");
    expect(sawGems).toBe(true);
  });

  test("the layer is there at build and at launch, and is cached", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const toml = await readFile(join(layersDir, "gems.toml"), "utf8");
    expect(toml).toContain("[types]\nlaunch = true\nbuild = true\ncache = true\n");
    expect(toml).toContain('ruby-version = "3.3.8"');
  });
});

describe("the commands", () => {
  test("run in the app, with the environment that they are given and where the gems go", async () => {
    const layersDir = await makeTree();
    const { received } = await install(layersDir);
    expect(received[0]).toMatchObject({
      file: "bundle",
      cwd: "/workspace",
      env: { PATH: "/layers/ruby/bin", GEM_HOME: join(layersDir, "gems") },
    });
  });

  test("leave no archives, logs, object files and histories of git, but all that runs", async () => {
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

  test("leave credentials in no file and in no line of the log", async () => {
    const layersDir = await makeTree();
    const secret = "user:t0ps3cret";
    const { lines } = await install(layersDir, {
      env: { PATH: "/layers/ruby/bin", BUNDLE_GEMS__EXAMPLE__COM: secret },
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

  test.each(outOfStep)("of Bundler %s that wants another lockfile says so", async (_, output) => {
    const layersDir = await makeTree();
    const work = install(layersDir, { fails: { command: "install", exitCode: 16, output } });
    expect(await failureOf(work)).toEqual({
      code: "gems/lockfile-out-of-step",
      gemfile: "Gemfile",
      lockfile: "Gemfile.lock",
      output: output.filter((line) => line !== ""),
    });
  });

  test("of another kind keeps the last lines", async () => {
    const output = ["Fetching rack", ...Array.from({ length: 20 }, (_, index) => `line ${index}`)];
    const work = install(await makeTree(), { fails: { command: "install", exitCode: 5, output } });
    expect(await failureOf(work)).toEqual({
      code: "gems/install-failed",
      command: "bundle install",
      exitCode: 5,
      output: output.slice(-12),
    });
  });

  test("of `bundle clean` has its own name", async () => {
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
    "of `bundle %s` commits nothing: the next build starts anew",
    async (command) => {
      const layersDir = await makeTree();
      await install(layersDir);
      const changed = { ...metadata, lockfile: "f".repeat(32) };
      const fails = { command, exitCode: 1, output: [] };
      await failureOf(install(layersDir, { metadata: changed, fails }));
      expect(await lstatIfAny(join(layersDir, "gems.toml"))).toBeUndefined();
      const { lines, sawGems } = await install(layersDir, { metadata: changed });
      expect(lines[0]).toBe("Installing, because it was left incomplete");
      expect(sawGems).toBe(false);
    },
  );

  test("leaves an unreadable file of an older version to be told, not to crash", async () => {
    const layersDir = await makeTree({ "gems/old.rb": "" });
    await writeFile(join(layersDir, "gems.toml"), '[metadata]\ndistro = "debian 12"\n');
    const { lines } = await install(layersDir);
    expect(lines[0]).toMatch(/^Installing, because its metadata is unreadable \(/);
  });
});

interface Story extends Partial<
  Pick<GemsOptions, "metadata" | "always" | "env" | "gemfile" | "lockfile">
> {
  /** What `bundle install` leaves in the layer. */
  made?: Record<string, string>;
  fails?: { command: string; exitCode: number; output: string[] };
}

async function install(layersDir: string, story: Story = {}) {
  const { made = { "gems/rack-3.1.8/rack.rb": "" }, fails, ...options } = story;
  const section = recordSection();
  const received: Command[] = [];
  let sawGems = false;
  const run: RunCommand = async (command) => {
    received.push(command);
    const gemsDir = command.env["GEM_HOME"] ?? "";
    if (command.args[0] === "install") {
      sawGems = (await lstatIfAny(join(gemsDir, "gems"))) !== undefined;
      await addToTree(gemsDir, made);
    }
    const failing = fails?.command === command.args[0] ? fails : undefined;
    const lines = failing?.output ?? ["Using rack 3.1.8"];
    for (const line of lines) command.onLine?.(line);
    return { exitCode: failing?.exitCode ?? 0, stdout: "", stderr: "", lines };
  };
  const gemsDir = await installGems({
    layersDir,
    appDir: "/workspace",
    gemfile: "Gemfile",
    lockfile: "Gemfile.lock",
    metadata,
    always: false,
    env: { PATH: "/layers/ruby/bin" },
    locate: (dir) => ({ GEM_HOME: dir }),
    run,
    section,
    ...options,
  });
  const commands = received.map(({ file, args }) => [file, ...args].join(" "));
  return { commands, received, lines: section.lines, gemsDir, sawGems };
}
